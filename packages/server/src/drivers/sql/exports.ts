import type { Database } from 'bun:sqlite'
import { userId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { ExportRecord, Exports } from '../../ports/exports.ts'

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

/** In the database, which has been migrated before. */
export function openExports(database: Database): Exports {
  const columns = `SELECT user AS userId, id, asked_at AS askedAt, status, progress, ready_at AS readyAt,
    expires_at AS expiresAt, bytes FROM exports`
  const find = database.prepare<unknown, [string]>(`${columns} WHERE user = ?`)
  const begin = database.prepare<never, [string, string, number]>(
    'INSERT OR REPLACE INTO exports (user, id, asked_at) VALUES (?, ?, ?)',
  )
  const change = database.prepare<never, (string | number | null)[]>(
    `UPDATE exports SET status = ?3, progress = ?4, ready_at = ?5, expires_at = ?6, bytes = ?7
      WHERE user = ?1 AND id = ?2`,
  )
  const forget = database.prepare<never, [string]>('DELETE FROM exports WHERE user = ?')
  const expired = database.prepare<unknown, [number]>(
    `${columns} WHERE expires_at < ? ORDER BY expires_at LIMIT 100`,
  )

  const parse = (row: unknown): ExportRecord => exportRow.parse(row)
  return {
    async find(id) {
      const row = find.get(id)
      return row ? parse(row) : undefined
    },
    async begin({ userId: owner, id, askedAt }) {
      begin.run(owner, id, askedAt)
    },
    async change({ userId: owner, id }, { status, progress, readyAt, expiresAt, bytes }) {
      return change.run(owner, id, status, progress, readyAt, expiresAt, bytes).changes > 0
    },
    async forget(id) {
      forget.run(id)
    },
    expired: async (before) => expired.all(before).map(parse),
    async [Symbol.asyncDispose]() {
      for (const statement of [find, begin, change, forget, expired]) statement.finalize()
    },
  }
}
