import type { UserId } from '@confab/protocol/ids'
import type { DeadLetter } from '../../ports/queue.ts'
import { requireAdministrator } from '../accounts/require-administrator.ts'
import type { Domain } from '../domain.ts'
import { actOf } from '../security/act.ts'

/** Jobs that were given up, the latest first, for administrators. */
export async function listDeadLetters(
  domain: Domain,
  actorId: UserId,
  page: { before?: string | undefined; limit: number },
): Promise<DeadLetter[]> {
  await requireAdministrator(domain, actorId)
  return domain.queue.deadLetters(page)
}

/** Tries one again from the beginning, or forgets it. False if there is none of that id. */
export async function settleDeadLetter(
  domain: Domain,
  actorId: UserId,
  { id, how }: { id: string; how: 'retry' | 'discard' },
): Promise<boolean> {
  await requireAdministrator(domain, actorId)
  const { queue } = domain
  const noted = actOf(domain, actorId, { action: 'job.settled', targetId: id, detail: { how } })
  return how === 'retry' ? queue.retry(id, { noted }) : queue.discard(id, { noted })
}
