import type { UserId } from '@confab/protocol/ids'
import type { Domain } from '../domain.ts'
import { eraseExport } from '../exports/ask-export.ts'
import { noteAct } from '../security/note-act.ts'

/**
 * Erases a person: the profile and every membership of a group or channel first, then the account with
 * its sessions. Messages stay, from "nobody". If the second step fails, the same call again ends it.
 */
export async function eraseMe(domain: Domain, userId: UserId): Promise<void> {
  const { commits, clock, identity } = domain
  await commits.commit({ write: 'user.erase', actorId: userId, at: clock.now() })
  await identity.erase(userId)
  await eraseExport(domain, userId)
  await noteAct(domain, userId, { action: 'account.erased', targetId: userId })
}
