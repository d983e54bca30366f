import type { Database } from 'bun:sqlite'
import type { ShutOut, ShutOutPage } from '../../../ports/store.ts'

/** The column that says since when. */
export const shutOutColumns = { suspended: 'suspended_at', erased: 'erased_at' } as const

export function readShutOut(database: Database, { how, from, limit }: ShutOutPage): ShutOut[] {
  const at = shutOutColumns[how]
  const select = database.query<ShutOut, [number, string, number]>(
    `SELECT id AS userId, ${at} AS at FROM users WHERE ${at} IS NOT NULL AND (${at}, id) > (?, ?)
      ORDER BY ${at}, id LIMIT ?`,
  )
  return select.all(from.at, from.userId ?? '', limit)
}
