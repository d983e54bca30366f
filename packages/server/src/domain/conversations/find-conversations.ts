import type { Conversation, Member } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { List, ListPage } from '../../ports/store.ts'
import type { Domain } from '../domain.ts'
import { readForMember } from './access.ts'

/** A conversation as a member sees it, or a public channel as anyone does; else refuses `not_found`. */
export async function findConversation(
  { store }: Domain,
  id: ConversationId,
  viewerId: UserId,
): Promise<Conversation> {
  const [conversation] = await store.conversations({ ids: [id], viewerId })
  if (!conversation) throw new Refusal('not_found')
  return conversation
}

/** One's own conversations, latest message first. */
export const listConversations = (
  { store }: Domain,
  viewerId: UserId,
  page: ListPage,
): Promise<List<Conversation>> => store.conversationList({ ...page, viewerId })

/** Public channels, one's own among them. */
export const listChannels = (
  { store }: Domain,
  viewerId: UserId,
  page: ListPage & { query: string },
): Promise<List<Conversation>> => store.channels({ ...page, viewerId })

export async function listMembers(
  domain: Domain,
  conversationId: ConversationId,
  viewerId: UserId,
  page: ListPage,
): Promise<List<Member>> {
  return readForMember(domain, { conversationId, viewerId }, () =>
    domain.store.members({ ...page, conversationId }),
  )
}
