import type { Database } from 'bun:sqlite'
import type { Committed, Pin } from '../../../ports/writes.ts'
import { requireOpen } from './access.ts'
import { nothingNew } from './committed.ts'
import { committedEvent, type MessagesUnderLock } from './message-under-lock.ts'
import type { WriteTools } from './write-tools.ts'

export function preparePin(
  database: Database,
  { access, append }: WriteTools,
  messages: MessagesUnderLock,
): (write: Pin) => Committed {
  const update = database.prepare<never, [number, number]>(
    'UPDATE messages SET pinned_seq = ?2 WHERE place = ?1',
  )
  return ({ conversationId, actorId, at, seq, on }) => {
    const conversation = access.permit(conversationId, actorId, 'message.pin')
    requireOpen(conversation)
    const { place, pinnedSeq } = messages.existing(conversation, seq)
    if (pinnedSeq > 0 === on) return nothingNew
    const type = on ? 'message.pinned' : 'message.unpinned'
    const by = { actor: conversation.user, at }
    const event = append(conversation, by, { conversationId, type, actorId, data: { target: seq } })
    update.run(place, on ? event.seq : 0)
    messages.touch(conversation, place)
    access.saveHead(conversation)
    return committedEvent(event)
  }
}
