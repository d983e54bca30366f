import type { Database } from 'bun:sqlite'
import type { MessageId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { assert } from '../../../lib/assert.ts'
import type { Committed } from '../../../ports/writes.ts'
import type { StoredText } from '../text-seal.ts'
import type { OpenConversation } from './access.ts'

/** A message that an action is about, as it stands under the conversation's lock. */
export interface MessageUnderLock {
  place: number
  id: MessageId
  sender: number
  text: StoredText
  deletedAt: number | null
  forwardedSender: string | null
  pinnedSeq: number
}

export interface MessagesUnderLock {
  /** Refuses `not_found` where no message is. */
  find(conversation: OpenConversation, seq: number): MessageUnderLock
  /** As `find`, and refuses `conflict` for a deleted one. */
  existing(conversation: OpenConversation, seq: number): MessageUnderLock
  /** Notes that the log's last event touched the message. */
  touch(conversation: OpenConversation, place: number): void
}

export function prepareMessagesUnderLock(database: Database): MessagesUnderLock {
  const select = database.prepare<MessageUnderLock, [number, number]>(`
    SELECT place, id, sender, text, deleted_at AS deletedAt, forwarded_sender AS forwardedSender,
      pinned_seq AS pinnedSeq
    FROM messages WHERE place = (?1 << 32) + ?2`)
  const update = database.prepare<never, [number, number]>(
    'UPDATE messages SET updated_seq = ?2 WHERE place = ?1',
  )
  function find({ num, head }: OpenConversation, seq: number): MessageUnderLock {
    const message = seq <= head ? select.get(num, seq) : null
    if (!message) throw new Refusal('not_found', { detail: 'there is no such message' })
    return message
  }
  return {
    find,
    existing(conversation, seq) {
      const message = find(conversation, seq)
      if (message.deletedAt !== null) throw new Refusal('conflict', { detail: 'the message is deleted' })
      return message
    },
    touch({ head }, place) {
      assert(update.run(place, head).changes === 1, `a message at ${place} was gone under its lock`)
    },
  }
}

export const committedEvent = (event: Committed['events'][number]): Committed => ({
  status: 'committed',
  fresh: true,
  events: [event],
  receipts: [],
  userChanges: [],
})
