import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { Proof, Session } from '../../ports/identity.ts'
import { isRecent } from '../accounts/recent-sign-in.ts'
import type { Domain } from '../domain.ts'
import { eraseExport } from '../exports/ask-export.ts'
import { actOf } from '../security/act.ts'
import { guessOnce, type OnLocked } from '../security/guess-once.ts'

/**
 * Refuses `forbidden` unless it is surely the person who asks: signed in within the last ten minutes, or with
 * their password or a code from their mail. Wrong ones count as they do at the sign-in, and together with those.
 */
export async function requireFresh(
  {
    identity,
    rateLimits: limiter,
    clock,
    onLocked,
  }: Pick<Domain, 'identity' | 'rateLimits' | 'clock'> & { onLocked: OnLocked },
  { userId, sessionId, address }: Pick<Session, 'userId' | 'sessionId'> & { address: string | undefined },
  proof: Proof | undefined,
): Promise<void> {
  if (proof === undefined) {
    if (await isRecent({ identity, clock }, { userId, sessionId })) return
    throw new Refusal('forbidden', { detail: 'Confirm with your password, or with a code from your mail' })
  }
  const confirm = () => identity.confirm(userId, proof)
  const email = await identity.emailOf(userId)
  const isTheirs =
    limiter && email !== undefined
      ? await guessOnce({ limiter, onLocked }, { email, address }, async () => {
          const answer = await confirm()
          return { was: answer ? 'right' : 'wrong', answer }
        })
      : await confirm()
  if (isTheirs) return
  throw new Refusal('forbidden', { detail: 'That is not your password, or not the code of the newest mail' })
}

/**
 * Erases a person: the profile and every membership of a group or channel first, then what was to be sent to
 * them, and at last the account with its sessions. Messages stay, from "nobody". If a step fails, the same
 * call again ends it, or it is ended without anybody's doing (`finishCutOff`); the audit log has it from the first step on. What that says of them stays for its year:
 * ids and networks, no name.
 */
export async function eraseMe(domain: Domain, userId: UserId): Promise<void> {
  const noted = actOf(domain, userId, { action: 'account.erased', targetId: userId })
  const { network } = domain
  await domain.commits.commit({ write: 'user.erase', actorId: userId, at: noted.at, network, noted })
  await finishErasure(domain, userId)
}

type Erasing = Pick<Domain, 'identity' | 'mails' | 'reports' | 'exports' | 'blobs' | 'consents'>

/** What follows once the store has it, the account last: as long as that is there, more may be. */
export async function finishErasure(domain: Erasing, userId: UserId): Promise<void> {
  const { identity, mails, reports } = domain
  const email = await identity.emailOf(userId)
  if (email !== undefined) await mails.forget(email)
  await reports.forgetNotes(userId)
  await eraseExport(domain, userId)
  await domain.consents.erase(userId)
  await identity.erase(userId)
  // What was on its way to the account meanwhile: from here on nobody finds the address.
  if (email !== undefined) await mails.forget(email)
}
