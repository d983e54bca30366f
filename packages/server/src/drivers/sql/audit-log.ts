import type { Database } from 'bun:sqlite'
import { userId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import { type AuditLog, type AuditRecord, auditActions, auditKeptMs } from '../../ports/audit-log.ts'
import { pageOf, parseCursor } from './cursor.ts'

const pruneEveryMs = 3_600_000
const prunedAtOnce = 10_000

const auditRow = z
  .object({
    num: z.number(),
    action: z.enum(auditActions),
    at: z.number(),
    actorId: userId.nullable(),
    targetId: z.string().nullable(),
    network: z.string().nullable(),
    detail: z.string(),
  })
  .transform(
    ({ num, detail, ...row }): AuditRecord => ({
      id: `${num}`,
      ...row,
      detail: details.parse(JSON.parse(detail)),
    }),
  )
const details = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))

/**
 * The audit log in a table that a trigger keeps from being changed. Old records go when new ones come, an
 * hour's at most too late. The database has been migrated before.
 */
export function openAuditLog({
  database,
  clock,
}: {
  database: Database
  clock: Pick<Clock, 'now'>
}): AuditLog {
  const insert = database.prepare<
    unknown,
    [string, number, string | null, string | null, string | null, string]
  >('INSERT INTO audit_log (action, at, actor_id, target_id, network, detail) VALUES (?, ?, ?, ?, ?, ?)')
  const prune = database.prepare<unknown, [number, number]>(
    'DELETE FROM audit_log WHERE num IN (SELECT num FROM audit_log WHERE at < ? ORDER BY at LIMIT ?)',
  )
  // Each filter that isn't given is null, and lets everything pass.
  const select = database.prepare<
    unknown,
    [number, string | null, string | null, number | null, number | null, number]
  >(`
    SELECT num, action, at, actor_id AS actorId, target_id AS targetId, network, detail FROM audit_log
    WHERE num < ?1 AND (?2 IS NULL OR action = ?2) AND (?3 IS NULL OR actor_id = ?3 OR target_id = ?3)
      AND (?4 IS NULL OR at >= ?4) AND (?5 IS NULL OR at < ?5)
    ORDER BY num DESC LIMIT ?6`)
  let prunedAt = Number.NEGATIVE_INFINITY

  function forgetOld(): void {
    const now = clock.now()
    if (now - prunedAt < pruneEveryMs) return
    prunedAt = now
    prune.run(now - auditKeptMs, prunedAtOnce)
  }

  return {
    async append({ action, at, actorId, targetId, network, detail }) {
      insert.run(action, at, actorId, targetId, network, JSON.stringify(detail))
      forgetOld()
    },

    async list({ action, userId: person, from, until, cursor, limit }) {
      const [before] = parseCursor(z.tuple([z.int()]), cursor) ?? [Number.MAX_SAFE_INTEGER]
      const rows = select
        .all(before, action ?? null, person ?? null, from ?? null, until ?? null, limit + 1)
        .map((row) => auditRow.parse(row))
      return pageOf(rows, { limit, keys: ({ id }) => [Number(id)], item: (record) => record })
    },

    async [Symbol.asyncDispose]() {
      for (const statement of [insert, prune, select]) statement.finalize()
    },
  }
}
