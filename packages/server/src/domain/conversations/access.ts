import type { Role } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { Standing, Store } from '../../ports/store.ts'

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

/** Refuses `conflict` for what a direct conversation hasn't: roles, a name, members that change. */
export function requireGroup({ kind }: Standing): void {
  if (kind === 'direct') {
    throw new Refusal('conflict', { detail: 'A direct conversation has neither roles nor changes' })
  }
}
