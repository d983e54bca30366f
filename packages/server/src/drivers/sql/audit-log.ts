import { userId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import { type AuditLog, type AuditRecord, auditKeptMs } from '../../ports/audit-log.ts'
import { appendEntry, entryValues } from './audit-entry.ts'
import { pageOf, parseCursor } from './cursor.ts'
import type { Statements } from './statements.ts'

const pruneEveryMs = 3_600_000
const prunedAtOnce = 10_000

const auditRow = z
  .object({
    num: z.number(),
    action: z.string(),
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
  statements,
  clock,
}: {
  statements: Statements
  clock: Pick<Clock, 'now'>
}): AuditLog {
  let prunedAt = Number.NEGATIVE_INFINITY

  async function forgetOld(): Promise<void> {
    const now = clock.now()
    if (now - prunedAt < pruneEveryMs) return
    prunedAt = now
    await statements.change(
      'DELETE FROM audit_log WHERE num IN (SELECT num FROM audit_log WHERE at < ?1 ORDER BY at LIMIT ?2)',
      [now - auditKeptMs, prunedAtOnce],
    )
  }

  return {
    async append(entry) {
      await statements.change(appendEntry(), entryValues(entry))
      await forgetOld()
    },

    async list({ action, userId: person, from, until, cursor, limit }) {
      const [before] = parseCursor(z.tuple([z.int()]), cursor) ?? [Number.MAX_SAFE_INTEGER]
      // Each filter that isn't given is null, and lets everything pass.
      const rows = await statements.rows(
        `SELECT num, action, at, actor_id AS "actorId", target_id AS "targetId", network, detail FROM audit_log
          WHERE num < ?1 AND (CAST(?2 AS text) IS NULL OR action = ?2)
            AND (CAST(?3 AS text) IS NULL OR actor_id = ?3 OR target_id = ?3)
            AND (CAST(?4 AS bigint) IS NULL OR at >= ?4) AND (CAST(?5 AS bigint) IS NULL OR at < ?5)
          ORDER BY num DESC LIMIT ?6`,
        [before, action ?? null, person ?? null, from ?? null, until ?? null, limit + 1],
      )
      const page = rows.map((row) => auditRow.parse(row))
      return pageOf(page, { limit, keys: ({ id }) => [Number(id)], item: (record) => record })
    },

    [Symbol.asyncDispose]: async () => undefined,
  }
}
