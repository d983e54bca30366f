import type { Database } from 'bun:sqlite'
import type { Message } from '@confab/protocol/message'
import type { SendKey } from '../../../ports/store.ts'
import { plannedOnce } from '../planned-once.ts'
import type { TextSeal } from '../text-seal.ts'
import { type MessageRow, messageColumns, toMessage } from './message-row.ts'
import type { ReadReactions } from './reactions.ts'

export type Sent = (key: SendKey) => { message: Message; contentKey: Uint8Array } | undefined

/** What was sent under a key: the message as it stands now, and the content key it first came with. */
export function prepareSent(database: Database, texts: TextSeal, reactionsOf: ReadReactions): Sent {
  const find = database.prepare<MessageRow & { contentKey: Uint8Array }, [string, Uint8Array]>(
    plannedOnce(`
    SELECT ${messageColumns}, k.content_key AS contentKey
    FROM conversations c
    JOIN send_keys k ON k.conversation = c.num AND k.send_key = ?2
    JOIN messages m ON m.place = (c.num << 32) + k.seq
    JOIN users s ON s.num = m.sender
    WHERE c.id = ?1`),
  )
  return ({ conversationId, sendKey }) => {
    const row = find.get(conversationId, sendKey)
    if (!row) return undefined
    const { contentKey, place, senderId } = row
    const reactions = reactionsOf([place], senderId).get(place) ?? []
    return { message: toMessage(texts, conversationId, row, reactions), contentKey }
  }
}
