import type { Database } from 'bun:sqlite'
import type { Kind, MovedTable, Row } from '../src/drivers/sql/moving/moved-table.ts'
import { movedTables } from '../src/drivers/sql/moving/moved-tables.ts'
import type { Side } from '../src/drivers/sql/moving/side.ts'

/** More than one batch. */
export const manyMessages = 1_050

const uuid = (kind: number, n: number): string => `0000000${kind}-0000-7000-8000-${`${n}`.padStart(12, '0')}`
const [ana, ben, bob] = [uuid(1, 9), uuid(1, 5), uuid(1, 7)]
const [pair, group] = [uuid(2, 8), uuid(2, 3)]

/** What a text may hold that is written wrongly by somebody careless. */
const awkward = `it’s "quoted" \\ \\u0000 'single'\n🦊 ñ\u0001 $1 ?1 :name {"json": [1]}`

/** Of 32 bits on PostgreSQL: counts and flags. */
const small: ReadonlySet<string> = new Set(
  'member_count shut retention_days muted pinned hidden marked_unread failedVerificationCount'.split(' '),
)

/**
 * What has a meaning is given as it is; all else by its kind, and missing in the second row where it may be.
 */
const given: Record<string, Row[]> = {
  meta: [
    { name: 'epoch', value: uuid(4, 1) },
    { name: 'sealed with one', value: 'a print' },
  ],
  // The order in which they came isn't that of their ids.
  users: [
    { created_at: 10, id: ana, handle: 'ana' },
    { created_at: 20, id: ben, handle: 'ben', erased_at: null },
    { created_at: 30, id: bob, handle: 'bob', sort_name: 'a bob' },
  ],
  // The last is a word of the name as well.
  user_words: [
    { user: ana, word: 'ana' },
    { user: ana, word: 'ñandú' },
    { user: bob, word: 'bob' },
  ],
  // Numbers with a gap, in another order than the ids.
  conversations: [
    { id: pair, num: 4, pair_key: `pair ${ben} ${ana}`, kind: 'direct', search_text: 'one\ntwo\nthree' },
    { id: group, num: 9, pair_key: null, create_key: 'ff00', kind: 'group', search_text: '\n' },
  ],
  members: [
    { conversation: pair, user: ana, joined_seq: 1 },
    { conversation: pair, user: ben, joined_seq: 2 },
    { conversation: group, user: ana, joined_seq: 1, draft: '' },
  ],
  messages: [
    { conversation: pair, seq: 3, sender: ana },
    ...Array.from({ length: manyMessages }, (_, n) => ({ conversation: group, seq: n + 2, sender: ben })),
  ],
  events: [
    { conversation: pair, seq: 1, actor: ana },
    { conversation: group, seq: 1, actor: '00000000-0000-7000-8000-000000000000' },
  ],
  send_keys: [
    { conversation: pair, send_key: '00ff', seq: 3 },
    { conversation: pair, send_key: 'ff00', seq: 4 },
  ],
  mentions: [
    { conversation: pair, user: ben, seq: 3 },
    { conversation: pair, user: ana, seq: 3 },
  ],
  reactions: [
    { conversation: pair, target: 3, emoji: '🦊', user: ana },
    { conversation: pair, target: 3, emoji: '\ufb01', user: ana },
  ],
  reaction_counts: [
    { conversation: pair, target: 3, emoji: '🦊' },
    { conversation: pair, target: 3, emoji: '\ufb01' },
  ],
  auth_user: [{ id: 'user' }, { id: 'User' }],
  blocks: [
    { blocker: ana, blocked: ben },
    { blocker: ben, blocked: ana },
  ],
}

/**
 * Fills an installation that is empty: two rows at least of each table that moves, whatever comes to be one.
 */
export async function fillEveryTable(side: Side, database: Database): Promise<void> {
  for (const table of movedTables) {
    const optional = optionalColumns(database, table.name)
    const rows = (given[table.name] ?? [{}, {}]).map((row, n) => ({
      ...Object.fromEntries(
        Object.entries(table.columns).map(([name, kind]) => [
          name,
          n > 0 && optional.has(name) ? null : sampleOf(kind, n, name),
        ]),
      ),
      ...row,
    }))
    await side.insert(table, rows, { move: '', step: 0, table: null, after: null, rows: 0 })
  }
  database.run("DELETE FROM meta WHERE name LIKE 'move %'")
  // The last that were given a number are gone.
  database.run("UPDATE sqlite_sequence SET seq = seq + 5 WHERE name <> 'users'")
}

function sampleOf(kind: Kind, n: number, name: string): string | number {
  switch (kind) {
    case 'text':
      return name === 'userId' ? 'user' : `${n} ${name} ${awkward}`
    case 'uuid':
      return uuid(3, n)
    case 'whole':
      return small.has(name) ? 5 + n : 2 ** 52 + n
    case 'real':
      return n + 0.1
    case 'flag':
      return n % 2
    case 'bytes':
      return `00ff${n % 10}0`
    case 'time':
      return new Date(1_700_000_000_123 + n).toISOString()
    case 'user':
      return n === 0 ? ana : ben
    case 'conversation':
      return pair
  }
}

const optionalColumns = (database: Database, table: string): Set<string> =>
  new Set(
    database
      .query<{ name: string; notnull: number; pk: number }, []>(`PRAGMA table_info(${table})`)
      .all()
      .flatMap(({ name, notnull, pk }) => (notnull || pk ? [] : [name])),
  )

/** All of it as it lies there, but for what a move says of itself, and when its tables were made. */
export function everyRow(database: Database): Record<string, unknown[]> {
  const tables = database
    .query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name }) => name)
    .filter((name) => name !== 'schema_migrations')
  return Object.fromEntries(
    tables.map((name) => {
      const rows = database.query<unknown, []>(`SELECT * FROM ${name}`).all()
      const said = rows.map((row) => JSON.stringify(row)).filter((row) => !row.includes('"move '))
      return [name, said.sort()]
    }),
  )
}

/** A column of a table that no key or number is in, which a fault may change. */
export const plainColumn = ({ columns, key }: MovedTable): string | undefined =>
  Object.entries(columns).find(
    ([name, kind]) =>
      !key.includes(name) && (kind === 'whole' || kind === 'text') && name !== 'num' && name !== 'pair_key',
  )?.[0]
