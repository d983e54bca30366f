import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../src/drivers/sql/database.ts'
import { migrate } from '../src/drivers/sql/migrate.ts'
import { compareTable, compareTables } from '../src/drivers/sql/moving/compare-tables.ts'
import { goesOn } from '../src/drivers/sql/moving/goes-on.ts'
import { mark, readMarks } from '../src/drivers/sql/moving/marks.ts'
import { move } from '../src/drivers/sql/moving/move.ts'
import { movedTables } from '../src/drivers/sql/moving/moved-tables.ts'
import { comparedColumns } from '../src/drivers/sql/moving/require-known-columns.ts'
import type { Side } from '../src/drivers/sql/moving/side.ts'
import { sqliteSide } from '../src/drivers/sql/moving/sqlite-side.ts'
import { createTestDatabase, testPostgresUrl } from '../src/drivers/sql/postgres/test-database.ts'
import { type MovedSide, openMovedSide } from '../src/engines/open-moved-side.ts'
import { systemClock } from '../src/lib/clock.ts'
import { everyRow, fillEveryTable, manyMessages, plainColumn } from './every-table.ts'

setDefaultTimeout(60_000)

const secret = 'a secret for tests, and for nothing else'
const opening = { secret, report: () => undefined }
const shared = new AsyncDisposableStack()
let folder = ''
let filled: MovedSide
let filledFile = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-moving-'))
  filled = await openMovedSide({ folder: join(folder, 'filled') }, opening, shared)
  await filled.build()
  filledFile = join(folder, 'filled', 'confab.db')
  using database = new Database(filledFile, { strict: true })
  await fillEveryTable(filled.side, database)
})
afterAll(async () => {
  await shared.disposeAsync()
  await rm(folder, { recursive: true })
})

const moveTo = (source: Side, target: MovedSide, further: Partial<Parameters<typeof move>[0]> = {}) =>
  move({
    ...{ source, target: target.side, build: target.build, secret },
    opens: async () => true,
    beforeEnd: async () => undefined,
    tell: () => undefined,
    tellEqual: () => undefined,
    ...further,
  })

/** As it was before it was moved: a test of its own may move it again. */
const stayHere = (source: Side) => source.statements.change("DELETE FROM meta WHERE name LIKE 'move %'")

async function openEmpty(stack: AsyncDisposableStack): Promise<MovedSide> {
  const { url } = stack.use(await createTestDatabase())
  return openMovedSide({ url }, opening, stack)
}

const openFolder = (name: string, stack: AsyncDisposableStack) =>
  openMovedSide({ folder: join(folder, name) }, opening, stack)

/** What a refused move has said on either side. */
async function saidOn(...sides: MovedSide[]) {
  const said = sides.map(async ({ side }) =>
    (await side.columns()).has('meta') ? Object.keys(await readMarks(side.statements)) : [],
  )
  return (await Promise.all(said)).flat()
}

async function compareAll(source: Side, target: Side) {
  return Array.fromAsync(compareTables({ source, target }, () => undefined))
}

test('[MIGRATE1] every table and column of SQLite is known', async () => {
  expect(await comparedColumns(filled.side)).toEqual({ missing: [], unknown: [], others: [] })
})

describe.skipIf(testPostgresUrl === undefined)('between SQLite and PostgreSQL', () => {
  test('[MIGRATE1] every table and column of PostgreSQL is known', async () => {
    await using stack = new AsyncDisposableStack()
    const empty = await openEmpty(stack)
    await empty.build()
    expect(await comparedColumns(empty.side)).toEqual({ missing: [], unknown: [], others: [] })
  })

  test('[MIGRATE2] [MIGRATE5] there and back every row of every table is as it was, and numbers go on', async () => {
    await using stack = new AsyncDisposableStack()
    const there = await openEmpty(stack)
    const equal: Record<string, number> = {}
    await moveTo(filled.side, there, { tellEqual: ({ table, rows }) => (equal[table] = rows) })
    await stayHere(filled.side)
    expect(Object.keys(equal)).toEqual(movedTables.map(({ name }) => name))
    expect(Math.min(...Object.values(equal))).toBeGreaterThan(1)
    expect(equal.messages).toBe(manyMessages + 1)

    const back = await openFolder('back', stack)
    await moveTo(there.side, back)
    using before = new Database(filledFile, { readonly: true })
    using after = new Database(join(folder, 'back', 'confab.db'), { readonly: true })
    expect(everyRow(after)).toEqual(everyRow(before))
    const last = before.query<{ seq: number }, []>(
      "SELECT seq FROM sqlite_sequence WHERE name = 'conversations'",
    )
    expect(last.get()).toEqual({ seq: 14 })
  })

  test('[MIGRATE3] stopped after any batch, before or after it was written, it goes on', async () => {
    await using stack = new AsyncDisposableStack()
    const there = await openEmpty(stack)
    let runs = 0
    const written: string[] = []
    let last = () => Promise.resolve()
    for (let isDone = false; !isDone; runs++) {
      let left = 3
      const side: Side = {
        ...there.side,
        async insert(table, rows, progress) {
          if (left-- === 0) throw new Error('killed')
          last = () => there.side.insert(table, rows, progress)
          await last()
          written.push(`${table.name} ${progress.rows}`)
          if (left === 0 && runs % 2 === 0) throw new Error('killed')
        },
      }
      isDone = await moveTo(filled.side, { ...there, side }).then(
        () => true,
        ({ message }) => {
          expect(message).toBe('killed')
          return false
        },
      )
    }
    await stayHere(filled.side)
    // As a statement of a killed run may come, when another has gone on.
    await expect(last()).rejects.toThrow('was still writing')
    expect(runs).toBeGreaterThan(9)
    // Nothing was written twice.
    expect(new Set(written).size).toBe(written.length)
    expect(written).toContain(`messages ${manyMessages + 1}`)
    expect(await compareAll(filled.side, there.side)).toHaveLength(movedTables.length)
  })

  test('[MIGRATE3] stopped between the word on one side and the word on the other, it says the rest', async () => {
    await using stack = new AsyncDisposableStack()
    const there = await openEmpty(stack)
    const { statements } = there.side
    const dying: Side = {
      ...there.side,
      statements: {
        ...statements,
        async changeAll(texts, values) {
          if (values[0] === 'move arrived') throw new Error('killed')
          return statements.changeAll(texts, values)
        },
      },
    }
    await expect(moveTo(filled.side, { ...there, side: dying })).rejects.toThrow('killed')
    expect(Object.keys(await readMarks(filled.side.statements))).toEqual(['left'])
    expect(Object.keys(await readMarks(statements))).toEqual(['arriving'])
    await moveTo(filled.side, there)
    expect(Object.keys(await readMarks(statements))).toEqual(['arrived'])
    await expect(moveTo(filled.side, there)).rejects.toThrow('was moved to')
    await stayHere(filled.side)
  })

  test('[MIGRATE4] a row that was changed, is missing or is too many fails the comparison, in any table', async () => {
    await using stack = new AsyncDisposableStack()
    const there = await openEmpty(stack)
    await moveTo(filled.side, there)
    await stayHere(filled.side)
    const back = await openFolder('faulty', stack)
    await moveTo(there.side, back)
    using database = new Database(join(folder, 'faulty', 'confab.db'))
    for (const trigger of ['stays', 'remembers']) database.run(`DROP TRIGGER audit_log_${trigger}`)
    const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
    const found = () => compareAll(there.side, back.side).then((all) => all.length, messageOf)

    for (const table of movedTables) {
      const column = plainColumn(table)
      if (column === undefined) continue
      const last = `WHERE rowid = (SELECT max(rowid) FROM ${table.name})`
      database.run(`CREATE TEMP TABLE kept AS SELECT * FROM ${table.name}`)
      database.run(`UPDATE ${table.name} SET "${column}" = 7 ${hasRowid(database, table.name) ? last : ''}`)
      const sides = { source: there.side, target: back.side }
      expect(await compareTable(sides, table).catch(messageOf)).toMatch(
        new RegExp(`^${table.name} \\[.*: .*(differ|place)`, 's'),
      )
      database.run(`DELETE FROM ${table.name}`)
      database.run(`INSERT INTO ${table.name} SELECT * FROM kept`)
      database.run('DROP TABLE kept')
    }
    expect(await found()).toBe(movedTables.length)
    database.run('CREATE TEMP TABLE all_reactions AS SELECT * FROM reactions')
    database.run("DELETE FROM reactions WHERE emoji = '🦊'")
    expect(await found()).toMatch(/^reactions \[.*🦊.*: is missing$/)
    database.run('INSERT INTO reactions SELECT place, emoji, user + 1, seq FROM reactions')
    expect(await found()).toContain('reactions [')
    database.run('DELETE FROM reactions')
    database.run('INSERT INTO reactions SELECT * FROM all_reactions')
    database.run("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'jobs'")
    expect(await found()).toContain('jobs: the last number is')
  })

  test('[MIGRATE6] a NUL is refused by its place with nothing said on either side, and once it is taken out it moves', async () => {
    await using stack = new AsyncDisposableStack()
    const there = await openEmpty(stack)
    using database = new Database(filledFile)
    const change = (text: string) =>
      database.run('UPDATE reports SET note = ? WHERE num = (SELECT max(num) FROM reports)', [text])
    change('a\0b')
    await expect(moveTo(filled.side, there)).rejects.toThrow(/^reports \[\d+\]: note holds a NUL/)
    expect(await saidOn(filled, there)).toEqual([])
    change('a b')
    await moveTo(filled.side, there)
    await stayHere(filled.side)
  })

  test('[MIGRATE6] a number that SQLite can’t keep is refused likewise', async () => {
    await using stack = new AsyncDisposableStack()
    const here = await openFolder('numbered', stack)
    await here.build()
    using database = new Database(join(folder, 'numbered', 'confab.db'), { strict: true })
    await fillEveryTable(here.side, database)
    database.run('CREATE TEMP TABLE another AS SELECT * FROM conversations LIMIT 1')
    database.run('UPDATE another SET num = 2147483648, id = ?, pair_key = NULL, create_key = NULL', [
      Bun.randomUUIDv7(),
    ])
    database.run('INSERT INTO conversations SELECT * FROM another')
    const there = await openEmpty(stack)
    await moveTo(here.side, there)
    const back = await openFolder('small', stack)
    await expect(moveTo(there.side, back)).rejects.toThrow('its number is larger than SQLite can keep')
    expect(await saidOn(back)).toEqual([])
    expect(Object.keys(await readMarks(there.side.statements))).toEqual(['arrived'])
    await there.side.statements.change('DELETE FROM conversations WHERE num = 2147483648')
    await moveTo(there.side, back)
  })

  test('[MIGRATE14] a full disk is told as such, and with room again it goes on', async () => {
    await using stack = new AsyncDisposableStack()
    const there = await openEmpty(stack)
    await moveTo(filled.side, there)
    await stayHere(filled.side)
    using database = openDatabase({ file: join(folder, 'full', 'confab.db') })
    const full = sqliteSide(database, 'full')
    const build = async () => {
      migrate(database, systemClock)
      database.run('PRAGMA max_page_count = 150')
    }
    const moving = () => goesOn(() => moveTo(there.side, { side: full, build }))
    await expect(moving()).rejects.toMatchObject({
      exitStatus: 75,
      message: expect.stringContaining('database or disk is full): run the same again'),
    })
    database.run('PRAGMA max_page_count = 10000')
    await moving()
    expect(await compareAll(there.side, full)).toHaveLength(movedTables.length)
  })

  test('[MIGRATE7] what holds something, is served meanwhile, or has other tables is refused', async () => {
    await using stack = new AsyncDisposableStack()
    const there = await openEmpty(stack)
    const stopped = { beforeEnd: () => Promise.reject(new Error('killed')) }
    await expect(moveTo(filled.side, there, stopped)).rejects.toThrow('killed')
    // As a server takes it away.
    await stayHere(filled.side)
    await expect(moveTo(filled.side, there)).rejects.toThrow('before it was opened again')
    await mark(filled.side.statements, 'leaving', { move: 'another' })
    await expect(moveTo(filled.side, there)).rejects.toThrow('a part of another move')
    await stayHere(filled.side)
    await expect(moveTo(there.side, filled)).rejects.toThrow('unfinished target')
    await there.side.statements.change("DELETE FROM meta WHERE name LIKE 'move %'")
    await expect(moveTo(filled.side, there)).rejects.toThrow('is not empty (meta)')

    const other = await openFolder('other', stack)
    await expect(moveTo(other.side, there)).rejects.toThrow('is of an earlier version')
    await other.build()
    using database = new Database(join(folder, 'other', 'confab.db'))
    database.run('ALTER TABLE blocks ADD COLUMN why TEXT')
    await expect(moveTo(other.side, await openEmpty(stack))).rejects.toThrow('blocks.why is not known')
    await expect(moveTo(filled.side, await openEmpty(stack), { opens: async () => false })).rejects.toThrow(
      'SECRET is another one',
    )
  })

  test('[MIGRATE8] what is left of deleted conversations stays behind; what belongs to none is told', async () => {
    await using stack = new AsyncDisposableStack()
    const here = await openFolder('erasing', stack)
    await here.build()
    using database = new Database(join(folder, 'erasing', 'confab.db'), { strict: true })
    await fillEveryTable(here.side, database)
    database.run('DELETE FROM conversations WHERE num = 9')
    const there = await openEmpty(stack)
    await expect(moveTo(here.side, there)).rejects.toThrow(/rows belong to no conversation/)
    expect(await saidOn(here, there)).toEqual([])
    database.run("INSERT INTO erasures VALUES (9, 'x')")
    const equal: Record<string, number> = {}
    await moveTo(here.side, there, { tellEqual: ({ table, rows }) => (equal[table] = rows) })
    expect(equal).toMatchObject({ conversations: 1, members: 2, messages: 1, events: 1 })
  })
})

const hasRowid = (database: Database, table: string): boolean =>
  database.query(`SELECT 1 FROM pragma_table_list('${table}') WHERE wr = 0`).get() !== null
