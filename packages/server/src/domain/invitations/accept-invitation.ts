import type { Conversation } from '@confab/protocol/conversation'
import type { UserId } from '@confab/protocol/ids'
import type { InvitationTarget } from '@confab/protocol/invitation'
import { Refusal } from '@confab/protocol/refusal'
import { digest16 } from '../../lib/hash.ts'
import type { InvitationRecord } from '../../ports/invitations.ts'
import { findConversation } from '../conversations/find-conversations.ts'
import type { Domain } from '../domain.ts'
import { mayInvite } from './make-invitation.ts'

/** Where a link leads; one that is used up, expired, revoked or nobody's refuses `not_found`. */
export async function lookAtInvitation(domain: Domain, token: string): Promise<InvitationTarget> {
  const { to, createdBy } = await findOpen(domain, token)
  if (to === null) return { conversation: null }
  // As its maker sees it, who is an admin there still: who holds the link is no member yet.
  const { id, kind, name, topic, memberCount } = await findConversation(domain, to, createdBy)
  return { conversation: { id, kind, name, topic, memberCount } }
}

/** Joins the conversation that a link leads to. Who is a member already spends nothing. */
export async function acceptInvitation(domain: Domain, userId: UserId, token: string): Promise<Conversation> {
  const { store, invitations, commits, clock } = domain
  const { to } = await findOpen(domain, token)
  if (to === null) throw new Refusal('conflict', { detail: 'You have an account here already' })
  const standing = await store.standing(to, userId)
  if (standing?.role === undefined) {
    const taken = await invitations.take({ tokenHash: digest16(token), now: clock.now() })
    if (!taken) throw new Refusal('not_found')
    try {
      await commits.commit({
        write: 'member.add',
        conversationId: to,
        actorId: userId,
        at: clock.now(),
        userId,
        role: 'member',
        invited: true,
      })
    } catch (cause) {
      await invitations.giveBack(taken.id)
      throw cause
    }
  }
  return findConversation(domain, to, userId)
}

async function findOpen(domain: Domain, token: string): Promise<InvitationRecord> {
  const { invitations, clock } = domain
  const found = await invitations.find({ tokenHash: digest16(token), now: clock.now() })
  if (found && (await mayInvite(domain, found.to, found.createdBy))) return found
  throw new Refusal('not_found', { detail: 'This invitation is no longer good' })
}
