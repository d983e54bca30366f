import type { UserId } from '@confab/protocol/ids'
import type { Domain } from '../domain.ts'

/**
 * Erases a person: the profile and every membership of a group or channel first, then the account with
 * its sessions. Messages stay, from "nobody". If the second step fails, the same call again ends it.
 */
export async function eraseMe({ commits, clock, identity, audit }: Domain, userId: UserId): Promise<void> {
  await commits.commit({ write: 'user.erase', actorId: userId, at: clock.now() })
  await identity.erase(userId)
  const entry = { action: 'account.erased', at: clock.now(), actorId: userId, targetId: userId } as const
  await audit.append({ ...entry, network: null, detail: {} })
}
