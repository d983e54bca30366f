import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { Me } from '@confab/protocol/user'
import type { Domain } from '../domain.ts'

/** A person with what only they see; undefined once they are erased. */
export async function findMe({ store, identity }: Domain, userId: UserId): Promise<Me | undefined> {
  const [me, email] = await Promise.all([store.me(userId), identity.emailOf(userId)])
  return me && email !== undefined ? { ...me, email } : undefined
}

/** The same, where they are expected: refuses `not_found`. */
export async function accessMe(domain: Domain, userId: UserId): Promise<Me> {
  const me = await findMe(domain, userId)
  if (!me) throw new Refusal('not_found')
  return me
}
