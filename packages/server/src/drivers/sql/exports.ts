import { userId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { ExportRecord, Exports } from '../../ports/exports.ts'
import type { Statements } from './statements.ts'

const exportRow = z.object({
  userId,
  id: z.string(),
  askedAt: z.number(),
  status: z.enum(['waiting', 'running', 'ready', 'failed']),
  progress: z.number(),
  readyAt: z.number().nullable(),
  expiresAt: z.number().nullable(),
  bytes: z.number().nullable(),
})

const columns = `SELECT "user" AS "userId", id, asked_at AS "askedAt", status, progress,
  ready_at AS "readyAt", expires_at AS "expiresAt", bytes FROM exports`

/** In the database, which has been migrated before. */
export function openExports(statements: Statements): Exports {
  const parse = (row: unknown): ExportRecord => exportRow.parse(row)
  return {
    async find(id) {
      const [row] = await statements.rows(`${columns} WHERE "user" = ?1`, [id])
      return row ? parse(row) : undefined
    },
    async begin({ userId: owner, id, askedAt }) {
      await statements.change(
        `INSERT INTO exports ("user", id, asked_at) VALUES (?1, ?2, ?3)
          ON CONFLICT ("user") DO UPDATE SET id = ?2, asked_at = ?3, status = 'waiting', progress = 0,
            ready_at = NULL, expires_at = NULL, bytes = NULL`,
        [owner, id, askedAt],
      )
    },
    async change({ userId: owner, id }, { status, progress, readyAt, expiresAt, bytes, noted }) {
      const changed = await statements.change(
        `UPDATE exports SET status = ?3, progress = ?4, ready_at = ?5, expires_at = ?6, bytes = ?7
          WHERE "user" = ?1 AND id = ?2`,
        [owner, id, status, progress, readyAt, expiresAt, bytes],
        noted,
      )
      return changed > 0
    },
    async forget(owner, id) {
      if (id === undefined) await statements.change('DELETE FROM exports WHERE "user" = ?1', [owner])
      else await statements.change('DELETE FROM exports WHERE "user" = ?1 AND id = ?2', [owner, id])
    },
    async expired(before) {
      const select = `${columns} WHERE expires_at < ?1 ORDER BY expires_at LIMIT 100`
      return (await statements.rows(select, [before])).map(parse)
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}
