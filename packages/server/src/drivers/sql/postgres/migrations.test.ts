import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { openPostgres, type Postgres } from './connection.ts'
import { migrations } from './migrations.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

describe.skipIf(testPostgresUrl === undefined)('migrations of PostgreSQL', () => {
  test('[POSTGRES12] none takes away what the version before uses, or asks for what that one doesn’t give', async () => {
    await using database = await createTestDatabase({ isNew: true })
    await using postgres = await openPostgres({ url: database.url, bounds: { connections: 1 } })
    const harmOf = async (migration: string) => {
      const before = await look(postgres)
      await postgres.script(migration)
      return harmOfChange(before, await look(postgres))
    }
    for (const migration of migrations) expect(await harmOf(migration)).toEqual([])

    expect(await harmOf('CREATE TABLE trial (a text PRIMARY KEY, b text)')).toEqual([])
    expect(await harmOf("ALTER TABLE trial ADD c text, ADD d text NOT NULL DEFAULT ''")).toEqual([])
    expect(await harmOf('CREATE INDEX ON trial (b)')).toEqual([])
    const harmful = {
      'ALTER TABLE trial DROP c': ['trial.c is gone'],
      'ALTER TABLE trial RENAME b TO e': ['trial.b is gone'],
      'ALTER TABLE trial ALTER e TYPE integer USING 1': ['trial.e is another'],
      'ALTER TABLE trial ALTER e SET NOT NULL': ['trial.e is another'],
      'ALTER TABLE trial ALTER d DROP DEFAULT': ['trial.d is another'],
      'ALTER TABLE trial ADD f text NOT NULL': ['trial.f must be given'],
      "ALTER TABLE trial ADD CHECK (d <> 'no')": ["trial: CHECK ((d <> 'no'::text))"],
      'CREATE UNIQUE INDEX once ON trial (d)': ['trial: once is unique'],
      'DROP TABLE trial': ['a', 'd', 'e', 'f'].map((column) => `trial.${column} is gone`),
    }
    for (const [text, harm] of Object.entries(harmful)) expect(await harmOf(text)).toEqual(harm)
  })
})

type Tables = Map<string, { columns: Map<string, Column>; rules: string[] }>

const noTable = () => ({ columns: new Map<string, Column>(), rules: [] as string[] })

interface Column {
  type: string
  mayBeLeftOut: boolean
}

async function look(postgres: Postgres): Promise<Tables> {
  const tables: Tables = new Map()
  const of = (name: string) => {
    const table = tables.get(name) ?? noTable()
    tables.set(name, table)
    return table
  }
  const columns = await postgres.rows<{ table: string; column: string } & Column>(`
    SELECT table_name AS "table", column_name AS "column", udt_name AS type,
      (is_nullable = 'YES' OR column_default IS NOT NULL OR is_identity = 'YES') AS "mayBeLeftOut"
    FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2`)
  for (const { table, column, type, mayBeLeftOut } of columns)
    of(table).columns.set(column, { type, mayBeLeftOut })
  const rules = await postgres.rows<{ table: string; rule: string }>(`
    SELECT conrelid::regclass::text AS "table", pg_get_constraintdef(oid) AS rule FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace AND contype IN ('c', 'f', 'x')
    UNION ALL SELECT indrelid::regclass::text, indexrelid::regclass::text || ' is unique' FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relnamespace = current_schema()::regnamespace AND indisunique ORDER BY 1, 2`)
  for (const { table, rule } of rules) of(table).rules.push(rule)
  return tables
}

/** What a node that knows the tables as they were would trip over; of tables that it doesn't know, nothing. */
function harmOfChange(before: Tables, after: Tables): string[] {
  return [...before].flatMap(([name, { columns, rules }]) => {
    const now = after.get(name) ?? noTable()
    const lost = [...columns].flatMap(([column, was]) => {
      const is = now.columns.get(column)
      if (!is) return [`${name}.${column} is gone`]
      const isAnother = is.type !== was.type || (was.mayBeLeftOut && !is.mayBeLeftOut)
      return isAnother ? [`${name}.${column} is another`] : []
    })
    const asked = [...now.columns].flatMap(([column, { mayBeLeftOut }]) =>
      columns.has(column) || mayBeLeftOut ? [] : [`${name}.${column} must be given`],
    )
    const stricter = now.rules.filter((rule) => !rules.includes(rule)).map((rule) => `${name}: ${rule}`)
    return [...lost, ...asked, ...stricter]
  })
}
