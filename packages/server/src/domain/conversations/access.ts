import type { Role } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { Reached, Standing, Store } from '../../ports/store.ts'

/** A conversation as one of its members stands in it. */
export type Access = Standing & { role: Role }

/** Refuses `not_found` to who is no member, whether or not there is such a conversation. */
export async function accessConversation(
  { store }: { store: Pick<Store, 'standing'> },
  conversationId: ConversationId,
  userId: UserId,
): Promise<Access> {
  const standing = await store.standing(conversationId, userId)
  if (!standing?.role) throw new Refusal('not_found')
  return { ...standing, role: standing.role }
}

/**
 * What is read for a member, who is let in once it is read: it may have been committed after their removal, of
 * which nothing is theirs. Refuses `not_found` to who is no member.
 */
export async function readForMember<Found>(
  domain: { store: Pick<Store, 'standing'> },
  { conversationId, viewerId }: { conversationId: ConversationId; viewerId: UserId },
  read: () => Promise<Found>,
): Promise<Found> {
  const found = await read()
  await accessConversation(domain, conversationId, viewerId)
  return found
}

/**
 * The same of a page that is to be as new as the log was when it was asked for: who was let in before is looked at
 * again where the log has gone on since.
 */
export async function readLogForMember<Page extends { head: number }>(
  domain: { store: Pick<Store, 'standing'> },
  { conversationId, viewerId }: { conversationId: ConversationId; viewerId: UserId },
  read: (atLeast: Reached) => Promise<Page>,
): Promise<Page> {
  const { head, lineage } = await accessConversation(domain, conversationId, viewerId)
  const page = await read({ head, lineage })
  if (page.head > head) await accessConversation(domain, conversationId, viewerId)
  return page
}

/** Refuses `conflict` for what a direct conversation hasn't: roles, a name, members that change. */
export function requireGroup({ kind }: Standing): void {
  if (kind === 'direct') {
    throw new Refusal('conflict', { detail: 'A direct conversation has neither roles nor changes' })
  }
}
