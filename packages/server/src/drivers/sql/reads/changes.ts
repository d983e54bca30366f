import type { Database } from 'bun:sqlite'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Receipt } from '@confab/protocol/pushes'
import { isoTime } from '../../../lib/clock.ts'
import type { ChangesSince } from '../../../ports/store.ts'
import { plannedOnce } from '../planned-once.ts'
import { toUser, type UserColumns } from './people.ts'

interface ReceiptRow {
  conversationId: ConversationId
  userId: UserId
  readSeq: number
  readAt: number
  deliveredSeq: number
  deliveredAt: number
  changedAt: number
}

/** As many as a reply can tell of, and some more. */
export const changesMax = 4_000
/** Of so many people who changed it is looked up whether one shares a conversation with them: some 50 ms. */
export const peopleLookedAtMax = 10_000

export type ReadChanges = (userId: UserId, since: number) => ChangesSince

/** What changed for a user while they were away, beside the logs. */
export function prepareReadChanges(
  database: Database,
  { receiptMembers }: { receiptMembers: number },
): ReadChanges {
  // `cursors_at` passes over the conversations in which no cursor moved: mostly all of them. Of a large
  // one only the user's own row is looked at, however many members it has.
  const moved = `c.id AS conversationId, u.id AS userId, m.read_seq AS readSeq, m.read_at AS readAt,
    m.delivered_seq AS deliveredSeq, m.delivered_at AS deliveredAt
    FROM users me
    JOIN members mine ON mine.user = me.num
    JOIN conversations c ON c.num = mine.conversation AND c.cursors_at >= ?2`
  const receipts = database.prepare<ReceiptRow, [string, number, number, number]>(
    plannedOnce(`
    SELECT *, max(readAt, deliveredAt) AS changedAt FROM (
    SELECT ${moved} AND c.member_count <= ?3
    JOIN members m ON m.conversation = c.num AND (m.read_at >= ?2 OR m.delivered_at >= ?2)
    JOIN users u ON u.num = m.user
    WHERE me.id = ?1
    UNION ALL
    SELECT ${moved} AND c.member_count > ?3
    JOIN members m ON m.conversation = c.num AND m.user = me.num AND (m.read_at >= ?2 OR m.delivered_at >= ?2)
    JOIN users u ON u.num = m.user
    WHERE me.id = ?1)
    ORDER BY changedAt LIMIT ?4`),
  )

  const users = database.prepare<UserColumns, [string, number, number, number]>(
    plannedOnce(`
    SELECT u.id, u.name, u.handle, u.bio, u.created_at, u.updated_at
    FROM users me JOIN users u ON u.updated_at >= ?2 AND u.updated_at < ?4
    WHERE me.id = ?1 AND u.num <> me.num AND EXISTS (
      SELECT 1 FROM members theirs
      JOIN members mine ON mine.conversation = theirs.conversation AND mine.user = me.num
      WHERE theirs.user = u.num)
    ORDER BY u.updated_at LIMIT ?3`),
  )

  const beyond = database.prepare<{ at: number }, [number, number]>(
    'SELECT updated_at AS at FROM users WHERE updated_at >= ? ORDER BY updated_at LIMIT 1 OFFSET ?',
  )

  return (userId, since) => {
    const tooMany = beyond.get(since, peopleLookedAtMax)?.at
    // Always on, however many changed in one millisecond.
    const before = tooMany === undefined ? undefined : Math.max(tooMany, since + 1)
    const moves = receipts.all(userId, since, receiptMembers, changesMax)
    const people = users.all(userId, since, changesMax, before ?? Number.MAX_SAFE_INTEGER)
    return changesOf({ moves, people, before: before ?? null })
  }
}

/** What was found, up to `before` where there was more. */
export interface ChangedRows {
  moves: ReceiptRow[]
  people: UserColumns[]
  before: number | null
}

export function changesOf({ moves, people, before }: ChangedRows): ChangesSince {
  const cuts = [
    before ?? undefined,
    moves.length === changesMax ? moves.at(-1)?.changedAt : undefined,
    people.length === changesMax ? people.at(-1)?.updated_at : undefined,
  ].filter((at) => at !== undefined)
  return {
    receipts: moves.map(toReceipt),
    users: people.map(toUser),
    until: cuts.length > 0 ? Math.min(...cuts) : null,
  }
}

const toReceipt = (row: ReceiptRow): Receipt => ({
  conversationId: row.conversationId,
  userId: row.userId,
  readSeq: row.readSeq,
  readAt: isoTime(row.readAt),
  deliveredSeq: row.deliveredSeq,
  deliveredAt: isoTime(row.deliveredAt),
})
