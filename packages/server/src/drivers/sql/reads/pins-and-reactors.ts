import type { Database } from 'bun:sqlite'
import type { Message } from '@confab/protocol/message'
import type { User } from '@confab/protocol/user'
import { z } from 'zod'
import type { List, Store } from '../../../ports/store.ts'
import { pageOf, parseCursor } from '../cursor.ts'
import { plannedOnce } from '../planned-once.ts'
import type { TextSeal } from '../text-seal.ts'
import { type MessageRow, messageColumns, toMessage } from './message-row.ts'
import { toUser, type UserColumns } from './people.ts'
import type { ReadReactions } from './reactions.ts'

type PinsPage = Parameters<Store['pins']>[0]
type ReactorsPage = Parameters<Store['reactors']>[0]

/** Above every seq. */
const seqEnd = 2 ** 32

export function prepareReadPins(
  database: Database,
  texts: TextSeal,
  reactionsOf: ReadReactions,
): (page: PinsPage) => List<Message> {
  const select = database.prepare<MessageRow, [string, number, number]>(
    plannedOnce(`
    SELECT ${messageColumns}
    FROM conversations c
    JOIN messages m INDEXED BY pinned_messages
      ON m.pinned_seq > 0 AND m.place > c.num << 32 AND m.place < (c.num + 1) << 32
    JOIN users s ON s.num = m.sender
    WHERE c.id = ?1 AND m.pinned_seq < ?2 AND m.deleted_at IS NULL ORDER BY m.pinned_seq DESC LIMIT ?3`),
  )
  return ({ conversationId, viewerId, cursor, limit }) => {
    const [before] = parseCursor(z.tuple([z.int()]), cursor) ?? [seqEnd]
    const rows = select.all(conversationId, before, limit + 1)
    const reactions = reactionsOf(
      rows.map(({ place }) => place),
      viewerId,
    )
    return pageOf(rows, {
      limit,
      keys: ({ pinnedSeq }) => [pinnedSeq],
      item: (row) => toMessage(texts, conversationId, row, reactions.get(row.place) ?? []),
    })
  }
}

export function prepareReadReactors(database: Database): (page: ReactorsPage) => List<User> {
  const select = database.prepare<UserColumns & { seq: number }, [string, number, string, number, number]>(
    plannedOnce(`
    SELECT u.id, u.name, u.handle, u.bio, u.created_at, u.updated_at, r.seq
    FROM conversations c
    JOIN reactions r ON r.place = (c.num << 32) + ?2 AND r.emoji = ?3
    JOIN users u ON u.num = r.user
    WHERE c.id = ?1 AND ?2 <= c.head AND r.seq > ?4 ORDER BY r.seq LIMIT ?5`),
  )
  return ({ conversationId, seq, emoji, cursor, limit }) => {
    const [after] = parseCursor(z.tuple([z.int()]), cursor) ?? [0]
    const rows = select.all(conversationId, seq, emoji, after, limit + 1)
    return pageOf(rows, { limit, keys: (row) => [row.seq], item: toUser })
  }
}
