import { afterEach, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultLimits } from '@confab/protocol/limits'
import { openDatabase } from './database.ts'
import { DatabaseUnavailable } from './database-unavailable.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations.ts'
import { openSqliteStore } from './sqlite-store.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

test('[SQLITE2] a second server on the same folder is refused, until the first has closed', () => {
  const file = newFile()
  const first = openDatabase({ file })
  expect(reasonOf(() => openDatabase({ file }))).toBe('in_use')
  expect(openElsewhere(file)).toMatch(/^another server is running on the data folder .*confab-database-/)
  first.close()
  expect(openElsewhere(file)).toBe('opened')
  openDatabase({ file }).close()
})

test('[SQLITE2] a reader needs no lock', () => {
  const file = newFile()
  using _server = openDatabase({ file })
  const read = `import { Database } from 'bun:sqlite'
    console.log(new Database(process.argv[1], { readonly: true }).query('SELECT 1 AS one').get().one)`
  const reader = Bun.spawnSync([process.execPath, '-e', read, file])
  expect(reader.stdout.toString().trim()).toBe('1')
})

test('[SQLITE7] a closed database is one whole file, to be copied as it is', async () => {
  const file = newFile()
  const database = openDatabase({ file })
  // A store keeps statements, and with them SQLite keeps its log open.
  const store = await openSqliteStore({ database, limits: defaultLimits })
  database.close()
  expect(store.epoch).not.toBe('')
  database.close()
  const copy = newFile()
  writeFileSync(copy, readFileSync(file))
  using copied = openDatabase({ file: copy })
  expect(tablesOf(copied)).toContain('conversations')
})

test('[SQLITE3] an empty database gets the tables, a present one stays as it is', () => {
  const file = newFile()
  const opened = () => {
    using database = openDatabase({ file })
    migrate(database, { now: () => 1 })
    return database.query('SELECT * FROM schema_migrations').all()
  }
  const first = opened()
  expect(first).toEqual(migrations.map((_, index) => ({ number: index + 1, applied_at: 1 })))
  const before = readFileSync(file)
  expect(opened()).toEqual(first)
  expect(readFileSync(file).equals(before)).toBe(true)
})

test('[SQLITE3] a migration that fails leaves nothing behind', () => {
  using database = openDatabase({ file: ':memory:' })
  database.run('CREATE TABLE conversations (other TEXT)')
  expect(() => migrate(database, { now: () => 1 })).toThrow('conversations already exists')
  expect(tablesOf(database)).toEqual(['conversations'])
})

test('[SQLITE3] a database of a newer version is refused and left alone', () => {
  using database = openDatabase({ file: ':memory:' })
  migrate(database, { now: () => 1 })
  database.run('INSERT INTO schema_migrations VALUES (?, 2)', [migrations.length + 1])
  const tables = tablesOf(database)
  expect(reasonOf(() => migrate(database, { now: () => 3 }))).toBe('newer')
  expect(tablesOf(database)).toEqual(tables)
})

test('[SQLITE5] commits are flushed, and what is deleted is overwritten', () => {
  const file = newFile()
  using database = openDatabase({ file })
  const pragma = (name: string) => database.query(`PRAGMA ${name}`).values().flat()
  expect(pragma('journal_mode')).toEqual(['wal'])
  expect(pragma('synchronous')).toEqual([2])
  expect(pragma('secure_delete')).toEqual([1])

  database.run('CREATE TABLE notes (text TEXT)')
  database.run('INSERT INTO notes VALUES (?)', ['a secret that must go'])
  const inFile = () => {
    database.run('PRAGMA wal_checkpoint(TRUNCATE)')
    return readFileSync(file).includes('a secret that must go')
  }
  expect(inFile()).toBe(true)
  database.run('DELETE FROM notes')
  expect(inFile()).toBe(false)
})

test('[SQLITE6] a folder that can’t be written and a file that is no database are refused', () => {
  const file = newFile()
  writeFileSync(file, 'no database '.repeat(1_000))
  expect(reasonOf(() => openDatabase({ file }))).toBe('damaged')
  expect(readFileSync(file, 'utf8')).toStartWith('no database')
  // Below a file there can be no folder, whoever asks; a mode would not stop root.
  expect(reasonOf(() => openDatabase({ file: join(file, 'confab.db') }))).toBe('unwritable')
})

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'confab-database-'))
  folders.push(folder)
  return join(folder, 'confab.db')
}

const tablesOf = (database: ReturnType<typeof openDatabase>) =>
  database
    .query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name }) => name)

function reasonOf(open: () => unknown): string {
  try {
    open()
    return 'opened'
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error
    expect(error.exitStatus).toBe(78)
    expect(error.message).not.toContain('\n')
    return error.reason
  }
}

/** What another process says that opens the file. */
function openElsewhere(file: string): string {
  const open = `import { openDatabase } from ${JSON.stringify(join(import.meta.dir, 'database.ts'))}
    try { openDatabase({ file: process.argv[1] }); console.log('opened') }
    catch (error) { console.log(error.message) }`
  return Bun.spawnSync([process.execPath, '-e', open, file]).stdout.toString().trim()
}
