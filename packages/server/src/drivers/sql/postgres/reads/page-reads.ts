import { createdEvent, type EventRow, otherEvent } from '../../reads/events.ts'
import { halvesAround } from '../../reads/history.ts'
import { type MessageRow, toMessage } from '../../reads/message-row.ts'
import type { Copy } from '../../replicated-pages.ts'
import type { TextSeal } from '../../text-seal.ts'
import type { Postgres } from '../connection.ts'
import { createdColumns, messageColumnsFor, type ShownRow } from '../message-columns.ts'

/** Above every seq. */
const seqEnd = Number.MAX_SAFE_INTEGER

const columns = messageColumnsFor('$2::uuid')
const earlier = rowsOf(`SELECT ${columns} FROM messages m
  WHERE m.conversation = c.id AND m.seq < $3::bigint ORDER BY m.seq DESC LIMIT $4::bigint`)
const later = rowsOf(`SELECT ${columns} FROM messages m
  WHERE m.conversation = c.id AND m.seq >= $3::bigint ORDER BY m.seq LIMIT $4::bigint`)

/** The rows of a query as an array, by their seqs. */
function rowsOf(select: string): string {
  return `(SELECT coalesce(json_agg(r ORDER BY r.seq), '[]') FROM (${select}) r)`
}

interface Found {
  head: number
  /** Null on a copy that holds no such row yet. */
  lineage: string | null
}

/** There is no such conversation here. */
const nowhere = { head: 0, lineage: '' }

/**
 * Pages of one conversation, each with how far the server had come in the same snapshot. `lineage` is an
 * expression of SQL.
 */
export function pageReads(
  postgres: Pick<Postgres, 'ask'>,
  texts: TextSeal,
  lineage: string,
): Pick<Copy, 'history' | 'events'> {
  const reached = `'head', c.head, 'lineage', ${lineage}`

  return {
    async history({ conversationId, viewerId, before, after, around, limit }) {
      const seq = around ?? (after === undefined ? (before ?? seqEnd) : after + 1)
      const withEarlier = around !== undefined || after === undefined
      const withLater = around !== undefined || after !== undefined
      const found = await postgres.ask<Found & { earlier: ShownRow[]; later: ShownRow[] }>(
        `SELECT json_build_object(${reached}, 'earlier', ${withEarlier ? earlier : `'[]'::json`},
            'later', ${withLater ? later : `'[]'::json`}) AS answer
          FROM conversations c WHERE c.id = $1::uuid`,
        [conversationId, viewerId, seq, limit],
      )
      if (!found) return { messages: [], ...nowhere }
      const rows = around === undefined ? [...found.earlier, ...found.later] : halvesAround(found, limit)
      const messages = rows.map((row) => toMessage(texts, conversationId, row, row.reactions))
      return { messages, head: found.head, lineage: found.lineage ?? '' }
    },

    async events({ conversationId, after, limit }) {
      const within = 'seq > $2::bigint AND seq <= $2::bigint + $3::bigint'
      const found = await postgres.ask<Found & { messages: MessageRow[]; others: EventRow[] }>(
        `SELECT json_build_object(${reached},
            'messages', ${rowsOf(`SELECT ${createdColumns} FROM messages m
              WHERE m.conversation = c.id AND m.${within.replace('AND ', 'AND m.')}`)},
            'others', ${rowsOf(`SELECT e.seq, e.type, e.actor AS "actorId", e.at, e.data, t.id AS "messageId",
              t.text, t.mentions
              FROM events e LEFT JOIN messages t
                ON e.type = 'message.edited' AND t.conversation = e.conversation AND t.seq = e.target
              WHERE e.conversation = c.id AND e.${within.replace('AND ', 'AND e.')}`)}) AS answer
          FROM conversations c WHERE c.id = $1::uuid`,
        [conversationId, after, limit],
      )
      if (!found) return { events: [], ...nowhere }
      const events = [
        ...found.messages.map((row) => createdEvent(texts, conversationId, row)),
        ...found.others.map((row) => otherEvent(texts, conversationId, row)),
      ]
      events.sort((a, b) => a.seq - b.seq)
      return { events, head: found.head, lineage: found.lineage ?? '' }
    },
  }
}
