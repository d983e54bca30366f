import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { SQL } from 'bun'
import { createTestDatabase } from '../src/drivers/sql/postgres/test-database.ts'

/**
 * On what the servers of the tests run: `TEST_ENGINE=postgres` puts them all on PostgreSQL (it needs
 * `TEST_POSTGRES_URL`), else it is SQLite.
 */
export const testEngine = process.env.TEST_ENGINE === 'postgres' ? 'postgres' : 'sqlite'

/**
 * What a server is told of its engine. Servers of one data folder, one after the other, have one database.
 */
export async function engineSettings(dataDir: string): Promise<Record<string, string>> {
  if (testEngine === 'sqlite') return {}
  const database = databases.get(dataDir) ?? createTestDatabase()
  databases.set(dataDir, database)
  return { DATABASE_URL: (await database).url, SECRET: 'a secret for tests, and for nothing else' }
}

/** Gives its database back, for the next test. */
export async function endEngine(dataDir: string): Promise<void> {
  const database = await databases.get(dataDir)
  databases.delete(dataDir)
  await database?.[Symbol.asyncDispose]()
}

const databases = new Map<string, ReturnType<typeof createTestDatabase>>()

/** The names of the tables of a folder's database. */
export async function tablesOf(dataDir: string): Promise<string[]> {
  const database = await databases.get(dataDir)
  if (!database) {
    using file = new Database(join(dataDir, 'confab.db'), { readonly: true })
    const select = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return namesIn(file.query<{ name: string }, []>(select).all())
  }
  await using sql = new SQL(database.url, { max: 1 })
  return namesIn(
    await sql<
      { name: string }[]
    >`SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()`,
  )
}

const namesIn = (rows: readonly { name: string }[]): string[] => rows.map(({ name }) => name).sort()

/** The tables of a folder's database that hold a text in some row. */
export async function tablesWith(dataDir: string, text: string): Promise<string[]> {
  const database = await databases.get(dataDir)
  if (!database) return []
  await using sql = new SQL(database.url, { max: 1 })
  const holding: string[] = []
  for (const name of await tablesOf(dataDir)) {
    const rows = await sql.unsafe(`SELECT 1 FROM "${name}" t WHERE position($1 IN t::text) > 0 LIMIT 1`, [
      text,
    ])
    if (rows.length > 0) holding.push(name)
  }
  return holding
}
