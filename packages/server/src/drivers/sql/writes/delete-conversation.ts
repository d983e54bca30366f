import type { Database } from 'bun:sqlite'
import type { Committed, DeleteConversation } from '../../../ports/store.ts'
import type { WriteTools } from './write-tools.ts'

/** Erases what a conversation holds, and the conversation. Its members' revs are the caller's to count. */
export type EraseConversation = (conversation: number) => void

export function prepareEraseConversation(database: Database): EraseConversation {
  const statements = [
    'DELETE FROM messages WHERE place > ?1 << 32 AND place < (?1 + 1) << 32',
    'DELETE FROM events WHERE place > ?1 << 32 AND place < (?1 + 1) << 32',
    'DELETE FROM reactions WHERE place > ?1 << 32 AND place < (?1 + 1) << 32',
    'DELETE FROM reaction_counts WHERE place > ?1 << 32 AND place < (?1 + 1) << 32',
    'DELETE FROM mentions WHERE conversation = ?1',
    'DELETE FROM send_keys WHERE conversation = ?1',
    'DELETE FROM members WHERE conversation = ?1',
    'DELETE FROM conversations WHERE num = ?1',
  ].map((sql) => database.prepare<never, [number]>(sql))
  return (conversation) => {
    for (const statement of statements) statement.run(conversation)
  }
}

export function prepareDeleteConversation(
  { access, members }: WriteTools,
  erase: EraseConversation,
): (write: DeleteConversation) => Committed {
  return ({ conversationId, actorId, at, needs }) => {
    const conversation = access.permit(conversationId, actorId, needs)
    const userChanges = members
      .all(conversation.num)
      .map((member) => members.remove({ conversationId, conversation }, member, at))
    erase(conversation.num)
    return { status: 'committed', fresh: true, events: [], receipts: [], userChanges }
  }
}
