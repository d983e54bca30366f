import { type ConversationId, conversationId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { Statements } from './statements.ts'

/** Conversations that are looked at by one statement. */
export const pageSize = 200
/** Before every id. */
export const beforeAll = '00000000-0000-0000-0000-000000000000'
/** Who holds a group and isn't heard of for so long holds it no more. */
export const leaseMs = 3_000

/** What SQLite and PostgreSQL say in words of their own. */
export interface LogWords {
  /** Milliseconds since 1970 UTC by the database's clock: the nodes' may differ. */
  now: string
  /** The list in `?2` of `Noted`, as a table. */
  noted: string
}

export const sqliteLogWords: LogWords = {
  now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
  noted: `(SELECT value ->> 'conversationId' AS conversation, value ->> 'was' AS was, value ->> 'seq' AS seq
    FROM json_each(?2))`,
}

/** The rows are locked in the order in which a commit locks them, or the two would wait for each other. */
export const postgresLogWords: LogWords = {
  now: '(extract(epoch FROM clock_timestamp()) * 1000)::bigint',
  noted: `(SELECT n."conversationId" AS conversation, n.was, n.seq
    FROM json_to_recordset(?2::text::json) AS n ("conversationId" uuid, was bigint, seq bigint)
    JOIN log_positions p ON p.follower = ?1 AND p.conversation = n."conversationId"
    ORDER BY p.conversation FOR UPDATE OF p)`,
}

/** A group has come from one seq of a conversation to another. */
export interface Noted {
  conversationId: ConversationId
  was: number
  seq: number
}

const behindRow = z.object({ conversationId, seq: z.number(), head: z.number() })
const conversationRow = z.object({ id: conversationId, head: z.number(), lastAt: z.number() })
const lagRow = z.object({ lag: z.number() })
const epochRow = z.object({ epoch: z.string() })
const epochsRow = z.object({ noted: z.string(), present: z.string() })
const doneRow = z.object({ agoMs: z.number() })

/** Who follows the log of all conversations, and how far each has come in each of them. */
export function logPositions(statements: Statements, words: LogWords) {
  const { rows, change } = statements
  return {
    /** From then on each commit notes what it changed. */
    add: (follower: string) =>
      change('INSERT INTO log_followers (name) VALUES (?1) ON CONFLICT DO NOTHING', [follower]),
    /** Whether the group is this holder's now, for `leaseMs`. Notes how long ago it had handled all, if it had. */
    take: async (follower: string, holder: string, doneAgoMs?: number): Promise<boolean> =>
      (await change(
        `UPDATE log_followers SET holder = ?2, held_until = ${words.now} + ${leaseMs},
            done_until = CASE WHEN CAST(?3 AS bigint) < 0 THEN done_until ELSE ${words.now} - CAST(?3 AS bigint) END
          WHERE name = ?1 AND (holder = ?2 OR held_until < ${words.now})`,
        [follower, holder, Math.ceil(doneAgoMs ?? -1)],
      )) > 0,
    /** What was committed longer ago than that the group has handled. */
    async doneAgoMs(follower: string): Promise<number> {
      const [row] = await rows(
        `SELECT ${words.now} - done_until AS "agoMs" FROM log_followers WHERE name = ?1`,
        [follower],
      )
      return row === undefined ? Number.POSITIVE_INFINITY : doneRow.parse(row).agoMs
    },
    /** Which history the database holds. */
    epoch: async (): Promise<string> =>
      epochRow.parse((await rows(`SELECT value AS "epoch" FROM meta WHERE name = 'epoch'`, []))[0]).epoch,
    /** Of which history a group's places are, and which one the database holds. */
    epochs: async (follower: string) =>
      epochsRow.parse(
        (
          await rows(
            `SELECT f.epoch AS "noted", m.value AS "present" FROM log_followers f CROSS JOIN meta m
              WHERE f.name = ?1 AND m.name = 'epoch'`,
            [follower],
          )
        )[0],
      ),
    noteEpoch: (follower: string, epoch: string) =>
      change('UPDATE log_followers SET epoch = ?2 WHERE name = ?1', [follower, epoch]),
    release: (follower: string, holder: string) =>
      change('UPDATE log_followers SET held_until = 0 WHERE name = ?1 AND holder = ?2', [follower, holder]),
    /** Conversations after one, by id: how far they go, and when their last event was. */
    conversations: async (after: string) =>
      (
        await rows(
          `SELECT id AS "id", head AS "head", last_at AS "lastAt" FROM conversations
            WHERE id > ?1 ORDER BY id LIMIT ${pageSize}`,
          [after],
        )
      ).map((row) => conversationRow.parse(row)),
    /**
     * Looks at the heads of those after one id, up to another: what no commit has noted is noted here, and no
     * other row is touched.
     */
    look: (follower: string, after: string, last: string) =>
      change(
        `INSERT INTO log_positions (conversation, follower, head, seq)
          SELECT c.id, ?1, c.head, 0 FROM conversations c
            WHERE c.id > ?2 AND c.id <= ?3 AND NOT EXISTS (SELECT 1 FROM log_positions p
              WHERE p.follower = ?1 AND p.conversation = c.id AND p.head >= c.head)
            ORDER BY c.id
          ON CONFLICT (conversation, follower) DO UPDATE SET head = excluded.head
            WHERE log_positions.head < excluded.head`,
        [follower, after, last],
      ),
    /** Those after one id in which there is more than the group has handled. */
    behind: async (follower: string, after: string) =>
      (
        await rows(
          `SELECT conversation AS "conversationId", seq AS "seq", head AS "head" FROM log_positions
            WHERE follower = ?1 AND head > seq AND conversation > ?2 ORDER BY conversation LIMIT ${pageSize}`,
          [follower, after],
        )
      ).map((row) => behindRow.parse(row)),
    /** Those that somebody has moved meanwhile stay where they were put. */
    note: (follower: string, noted: readonly Noted[]) =>
      change(
        `UPDATE log_positions SET seq = n.seq FROM ${words.noted} n
          WHERE follower = ?1 AND log_positions.conversation = n.conversation AND log_positions.seq = n.was`,
        [follower, JSON.stringify(noted)],
      ),
    put: (follower: string, noted: readonly Omit<Noted, 'was'>[]) =>
      change(
        `UPDATE log_positions SET seq = n.seq FROM ${words.noted} n
          WHERE follower = ?1 AND log_positions.conversation = n.conversation`,
        [follower, JSON.stringify(noted)],
      ),
    /** Of conversations that are gone. */
    forget: (follower: string, conversationId: ConversationId) =>
      change('DELETE FROM log_positions WHERE follower = ?1 AND conversation = ?2', [
        follower,
        conversationId,
      ]),
    async lag(follower: string): Promise<number> {
      const [row] = await rows(
        'SELECT coalesce(sum(head - seq), 0) AS "lag" FROM log_positions WHERE follower = ?1 AND head > seq',
        [follower],
      )
      return lagRow.parse(row).lag
    },
  }
}

export type LogPositions = ReturnType<typeof logPositions>
