import type { Database } from 'bun:sqlite'
import type { Event } from '@confab/protocol/event'
import { Refusal } from '@confab/protocol/refusal'
import { systemUserId } from '@confab/protocol/retention'
import type { Committed, ExpireMessages } from '../../../ports/writes.ts'
import type { DeleteInPlace } from './delete-message.ts'
import type { WriteTools } from './write-tools.ts'

/** Deletes the oldest messages as their senders could have, one event each: every client folds it as ever. */
export function prepareExpireMessages(
  database: Database,
  { access }: WriteTools,
  deleteInPlace: DeleteInPlace,
): (write: ExpireMessages) => Committed {
  const oldest = database.prepare<
    { place: number; seq: number; at: number; deletedAt: number | null },
    [number, number]
  >(`SELECT m.place, m.place & 4294967295 AS seq, m.at, m.deleted_at AS deletedAt
      FROM conversations c JOIN messages m
        ON m.place > (c.num << 32) + c.expired_seq AND m.place < (c.num + 1) << 32
      WHERE c.num = ?1 ORDER BY m.place LIMIT ?2`)
  const passed = database.prepare<never, [number, number]>(
    'UPDATE conversations SET expired_seq = ?2 WHERE num = ?1',
  )
  return ({ conversationId, at, before, limit }) => {
    const conversation = access.find(conversationId, systemUserId)
    if (!conversation) throw new Refusal('not_found')
    const next = oldest.all(conversation.num, limit)
    // Cut here, for `at` has no index: as a condition it read on to the last message.
    // It never runs backwards.
    const young = next.findIndex((message) => message.at >= before)
    const messages = young === -1 ? next : next.slice(0, young)
    const events: Event[] = []
    for (const { place, seq, deletedAt } of messages) {
      if (deletedAt !== null) continue
      const by = { actor: systemNum, actorId: systemUserId, at }
      events.push(deleteInPlace({ conversationId, conversation }, { place, seq }, by))
    }
    const last = messages.at(-1)
    if (last) passed.run(conversation.num, last.seq)
    access.saveHead(conversation)
    return { status: 'committed', fresh: last !== undefined, events, receipts: [], userChanges: [] }
  }
}

/** Of the migration that made the user who is nobody. */
const systemNum = 0
