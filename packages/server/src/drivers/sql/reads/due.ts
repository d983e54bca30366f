import type { Database } from 'bun:sqlite'
import type { ConversationId } from '@confab/protocol/ids'
import type { Store } from '../../../ports/store.ts'

const dayMs = 24 * 3_600_000

interface DueRow {
  num: number
  id: ConversationId
  days: number | null
  oldestAt: number | null
}

/**
 * A walk along the conversations, where the server keeps for ever along those with days of their own, each
 * with one seek to its oldest message that is left: some 3 µs.
 */
export function prepareReadDue(database: Database): (query: Parameters<Store['dueForExpiry']>[0]) => {
  due: { conversationId: ConversationId; before: number }[]
  next: number | null
} {
  const page = (conversations: string) =>
    database.prepare<DueRow, [number, number, number | null]>(`
    SELECT c.num, c.id, coalesce(min(c.retention_days, ?3), c.retention_days, ?3) AS days,
      (SELECT m.at FROM messages m WHERE m.place > (c.num << 32) + c.expired_seq AND m.place < (c.num + 1) << 32
        ORDER BY m.place LIMIT 1) AS oldestAt
    FROM ${conversations} c.num > ?1 ORDER BY c.num LIMIT ?2`)
  const all = page('conversations c WHERE')
  const withDays = page(
    'conversations c INDEXED BY conversations_with_days WHERE c.retention_days IS NOT NULL AND',
  )
  return ({ now, serverDays, after, limit }) => {
    const rows = (serverDays === null ? withDays : all).all(after ?? 0, limit, serverDays)
    return dueOf(rows, { now, limit })
  }
}

/** Of conversations in their order, those whose oldest message is older than it is kept. */
export function dueOf(
  rows: readonly DueRow[],
  { now, limit }: { now: number; limit: number },
): { due: { conversationId: ConversationId; before: number }[]; next: number | null } {
  const due = rows.flatMap(({ id: conversationId, days, oldestAt }) => {
    const before = days === null ? Number.NEGATIVE_INFINITY : now - days * dayMs
    return oldestAt !== null && oldestAt < before ? [{ conversationId, before }] : []
  })
  return { due, next: rows.length === limit ? (rows.at(-1)?.num ?? null) : null }
}
