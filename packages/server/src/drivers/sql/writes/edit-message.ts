import type { Database } from 'bun:sqlite'
import { Refusal } from '@confab/protocol/refusal'
import type { Committed, EditMessage } from '../../../ports/writes.ts'
import { iso } from '../iso.ts'
import { requireOpen } from './access.ts'
import { nothingNew } from './committed.ts'
import { committedEvent, type MessagesUnderLock } from './message-under-lock.ts'
import type { WriteTools } from './write-tools.ts'

/** The new text takes the place of the old one: `secure_delete` overwrites what the row held. */
export function prepareEditMessage(
  database: Database,
  { access, append, mentions, texts }: WriteTools,
  messages: MessagesUnderLock,
): (write: EditMessage) => Committed {
  const update = database.prepare<never, (number | string | null)[]>(
    'UPDATE messages SET text = ?2, mentions = ?3, mentions_all = ?4, edited_at = ?5 WHERE place = ?1',
  )
  return ({ conversationId, actorId, at, seq, text, mentioned }) => {
    const conversation = access.permit(conversationId, actorId, 'message.edit')
    requireOpen(conversation)
    const message = messages.existing(conversation, seq)
    if (message.sender !== conversation.user)
      throw new Refusal('forbidden', { detail: 'this message is not yours to edit' })
    if (message.forwardedSender !== null)
      throw new Refusal('conflict', { detail: 'a forwarded message is somebody else’s words' })
    const sealed = texts.message.seal(conversationId, message.id, text)
    if (texts.message.open(conversationId, message.id, message.text) === text) return nothingNew

    const resolved = mentions.resolve(conversation, mentioned)
    mentions.forget(conversation.num, seq)
    const editedAt = Math.max(at, conversation.lastAt)
    update.run(message.place, sealed, resolved.json, resolved.shown.all ? 1 : 0, editedAt)
    mentions.save(conversation, seq, resolved)
    const data = { target: seq, text, mentions: resolved.shown, editedAt: iso(editedAt) }
    const by = { actor: conversation.user, at }
    const event = append(conversation, by, { conversationId, type: 'message.edited', actorId, data })
    messages.touch(conversation, message.place)
    access.saveHead(conversation)
    return committedEvent(event)
  }
}
