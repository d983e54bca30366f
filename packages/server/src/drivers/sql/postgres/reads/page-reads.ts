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
const whole = '$4::bigint'
const select = (side: string, what: string, most: string) =>
  `SELECT ${what} FROM messages m WHERE m.conversation = c.id AND m.seq ${side} LIMIT ${most}`
const downwards = '< $3::bigint ORDER BY m.seq DESC'
const upwards = '>= $3::bigint ORDER BY m.seq'
const earlier = (most = whole) => rowsOf(select(downwards, columns, most))
const later = (most = whole) => rowsOf(select(upwards, columns, most))

/**
 * Half of a page around a seq, or more where the other side has less. Those of the other side are counted by
 * the index: a row costs 5 µs, of which `halvesAround` would leave out half.
 */
const halfBeside = (otherSide: string) =>
  `greatest((${whole} + 1) / 2, ${whole} - (SELECT count(*) FROM (${select(otherSide, '1', whole)}) n))`

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
      const [most, mostLater] = around === undefined ? [] : [halfBeside(upwards), halfBeside(downwards)]
      const found = await postgres.ask<Found & { earlier: ShownRow[]; later: ShownRow[] }>(
        `SELECT json_build_object(${reached}, 'earlier', ${withEarlier ? earlier(most) : `'[]'::json`},
            'later', ${withLater ? later(mostLater) : `'[]'::json`}) AS answer
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
