import type { Committed, DeleteConversation } from '../../../ports/writes.ts'
import type { EraseConversation } from './erase-conversation.ts'
import type { WriteTools } from './write-tools.ts'

export function prepareDeleteConversation(
  { access }: WriteTools,
  erase: EraseConversation,
): (write: DeleteConversation) => Committed {
  return ({ conversationId, actorId, at }) => {
    const { num } = access.permit(conversationId, actorId, 'conversation.delete')
    const { userChanges, rest } = erase.begin({ num, id: conversationId, at })
    return { status: 'committed', fresh: true, events: [], receipts: [], userChanges, rest }
  }
}
