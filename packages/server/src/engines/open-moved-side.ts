import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseConfig } from '../config.ts'
import type { Side } from '../drivers/sql/moving/side.ts'
import { systemClock } from '../lib/clock.ts'
import { placeOf } from '../lib/place-of.ts'
import type { Report } from '../lib/report.ts'
import type { Place } from './migrate-words.ts'

export interface MovedSide {
  side: Side
  /** Makes the tables of this program's version. */
  build(): Promise<void>
}

interface Opening {
  secret: string
  report: Report
}

/** One side of a move, which nobody else has open as long as the stack isn't disposed of. */
export const openMovedSide = (
  place: Place,
  opening: Opening,
  stack: AsyncDisposableStack,
): Promise<MovedSide> =>
  'url' in place ? openOnPostgres(place.url, opening, stack) : openOnSqlite(place.folder, stack)

export const hasDatabase = (folder: string): boolean => existsSync(databaseIn(folder))

const databaseIn = (folder: string): string => join(folder, 'confab.db')

async function openOnSqlite(folder: string, stack: AsyncDisposableStack): Promise<MovedSide> {
  const { openDatabase } = await import('../drivers/sql/database.ts')
  const { migrate } = await import('../drivers/sql/migrate.ts')
  const { sqliteSide } = await import('../drivers/sql/moving/sqlite-side.ts')
  const database = stack.adopt(openDatabase({ file: databaseIn(folder) }), (open) => open.close())
  return {
    side: sqliteSide(database, folder),
    build: async () => migrate(database, systemClock),
  }
}

/** A page of the largest tables, sorted by what no index has. */
const bounds = { connections: 2, statementMs: 600_000 }

async function openOnPostgres(
  url: string,
  opening: Opening,
  stack: AsyncDisposableStack,
): Promise<MovedSide> {
  const { openPostgres } = await import('../drivers/sql/postgres/connection.ts')
  const { holdNodeLock } = await import('../drivers/sql/postgres/node-lock.ts')
  const { migrate } = await import('../drivers/sql/postgres/migrate.ts')
  const { postgresSide } = await import('../drivers/sql/moving/postgres-side.ts')
  const { report } = opening
  // As the server would: what is no address is refused by the name of its setting.
  parseConfig({ DATABASE_URL: url, SECRET: opening.secret })
  const postgres = stack.use(await openPostgres({ url, bounds, report }))
  stack.use(await holdNodeLock({ url, company: 'alone', clock: systemClock, report }))
  return { side: postgresSide(postgres, placeOf(url)), build: () => migrate(postgres) }
}
