import type { Database } from 'bun:sqlite'
import { Refusal } from '@confab/protocol/refusal'
import type { Committed, DeleteMessage } from '../../../ports/store.ts'
import { iso } from '../iso.ts'
import { requirePermission } from './access.ts'
import { nothingNew } from './committed.ts'
import { committedEvent, type MessagesUnderLock } from './message-under-lock.ts'
import type { WriteTools } from './write-tools.ts'

/** Erases what a message said and what was said to it. Its place, its time and its send key stay. */
export function prepareDeleteMessage(
  database: Database,
  { access, append, mentions, users }: WriteTools,
  messages: MessagesUnderLock,
): (write: DeleteMessage) => Committed {
  const erase = database.prepare<never, [number, number]>(
    `UPDATE messages SET text = '', mentions = NULL, mentions_all = 0, reply_to = NULL,
      forwarded_sender = NULL, forwarded_at = NULL, deleted_at = ?2 WHERE place = ?1`,
  )
  const reactions = ['reactions', 'reaction_counts'].map((table) =>
    database.prepare<never, [number]>(`DELETE FROM ${table} WHERE place = ?`),
  )

  function find({ conversationId, actorId, seq, asAdministrator }: DeleteMessage) {
    if (asAdministrator) {
      users.requireAdministrator(actorId)
      const found = access.find(conversationId, actorId)
      if (!found || found.user === null) throw new Refusal('not_found')
      return { conversation: found, actor: found.user, message: messages.find(found, seq) }
    }
    const conversation = access.permit(conversationId, actorId, 'message.delete')
    const message = messages.find(conversation, seq)
    if (message.sender !== conversation.user) requirePermission('message.deleteOthers', conversation)
    return { conversation, actor: conversation.user, message }
  }

  return (write) => {
    const { conversationId, actorId, at, seq } = write
    const { conversation, actor, message } = find(write)
    if (message.deletedAt !== null) return nothingNew

    const deletedAt = Math.max(at, conversation.lastAt)
    mentions.forget(conversation.num, seq)
    erase.run(message.place, deletedAt)
    for (const table of reactions) table.run(message.place)
    const data = { target: seq, deletedAt: iso(deletedAt) }
    const event = append(
      conversation,
      { actor, at },
      { conversationId, type: 'message.deleted', actorId, data },
    )
    messages.touch(conversation, message.place)
    access.saveHead(conversation)
    return committedEvent(event)
  }
}
