import type { Database } from 'bun:sqlite'
import type { Event } from '@confab/protocol/event'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { Committed, DeleteMessage } from '../../../ports/writes.ts'
import { iso } from '../iso.ts'
import { type OpenConversation, requirePermission } from './access.ts'
import { nothingNew } from './committed.ts'
import { committedEvent, type MessagesUnderLock } from './message-under-lock.ts'
import type { WriteTools } from './write-tools.ts'

/** Erases what a message said and what was said to it. Its place, its time and its send key stay. */
export type DeleteInPlace = (
  on: { conversationId: ConversationId; conversation: OpenConversation },
  message: { place: number; seq: number },
  by: { actor: number; actorId: UserId; at: number },
) => Event

export function prepareDeleteInPlace(
  database: Database,
  { append, mentions }: WriteTools,
  messages: MessagesUnderLock,
): DeleteInPlace {
  const erase = database.prepare<never, [number, number]>(
    `UPDATE messages SET text = '', mentions = NULL, mentions_all = 0, reply_to = NULL,
      forwarded_sender = NULL, forwarded_at = NULL, deleted_at = ?2 WHERE place = ?1`,
  )
  const reactions = ['reactions', 'reaction_counts'].map((table) =>
    database.prepare<never, [number]>(`DELETE FROM ${table} WHERE place = ?`),
  )
  return ({ conversationId, conversation }, { place, seq }, { actor, actorId, at }) => {
    const deletedAt = Math.max(at, conversation.lastAt)
    mentions.forget(conversation.num, seq)
    erase.run(place, deletedAt)
    for (const table of reactions) table.run(place)
    const data = { target: seq, deletedAt: iso(deletedAt) }
    const event = append(
      conversation,
      { actor, at },
      { conversationId, type: 'message.deleted', actorId, data },
    )
    messages.touch(conversation, place)
    return event
  }
}

export function prepareDeleteMessage(
  { access, users }: WriteTools,
  messages: MessagesUnderLock,
  deleteInPlace: DeleteInPlace,
): (write: DeleteMessage) => Committed {
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
    const { conversationId, actorId, at, seq, asAdministrator } = write
    const { conversation, actor, message } = find(write)
    if (message.deletedAt !== null) return nothingNew
    const on = { conversationId, conversation }
    const event = deleteInPlace(on, { place: message.place, seq }, { actor, actorId, at })
    access.saveHead(conversation)
    const isOthers = !asAdministrator && message.sender !== actor
    return { ...committedEvent(event), ...(isOthers && { removed: { conversationId, seq } }) }
  }
}
