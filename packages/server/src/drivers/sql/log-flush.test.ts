import { afterEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from './database.ts'
import { openLogFlush } from './log-flush.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function openNotes(stack: AsyncDisposableStack) {
  const folder = mkdtempSync(join(tmpdir(), 'confab-log-flush-'))
  folders.push(folder)
  const database = stack.adopt(openDatabase({ file: join(folder, 'confab.db') }), (open) => open.close())
  database.run('CREATE TABLE notes (text TEXT NOT NULL)')
  const flush = stack.use(openLogFlush(database))
  const notes = () =>
    database
      .query<{ text: string }, []>('SELECT text FROM notes')
      .all()
      .map(({ text }) => text)
  return {
    database,
    flush,
    notes,
    write: (text: string | null) => database.run('INSERT INTO notes VALUES (?)', [text]),
  }
}

test('[SQLITE16] a read answers after the flush of what it may show; one that begins later waits for nobody', async () => {
  await using stack = new AsyncDisposableStack()
  const { flush, notes, write } = openNotes(stack)
  const order: string[] = []
  const written = flush.after(() => write('one')).then(() => order.push('flushed'))
  const read = Promise.resolve(flush.held(notes())).then((seen) => order.push(`read ${seen}`))
  await Promise.all([written, read])
  expect(order).toEqual(['flushed', 'read one'])
  expect(flush.held(notes())).toEqual(['one'])
})

test('[SQLITE16] of two flushes under way a read waits for the later one', async () => {
  await using stack = new AsyncDisposableStack()
  const { flush, notes, write } = openNotes(stack)
  const order: string[] = []
  const first = flush.after(() => write('one'))
  const second = flush.after(() => write('two')).then(() => order.push('flushed'))
  const read = Promise.resolve(flush.held(notes())).then((seen) => order.push(`read ${seen}`))
  await Promise.all([first, second, read])
  expect(order).toEqual(['flushed', 'read one,two'])
})

test('[SQLITE5] a transaction that leaves its flush out leaves it to nobody else', async () => {
  await using stack = new AsyncDisposableStack()
  const { database, flush, notes, write } = openNotes(stack)
  const synchronous = () => database.query('PRAGMA synchronous').values().flat()
  let within: unknown
  await flush.after(() => {
    within = synchronous()
    write('one')
  })
  expect([within, synchronous()]).toEqual([[1], [2]])
  await expect(flush.after(() => write(null))).rejects.toThrow('NOT NULL')
  expect([synchronous(), notes()]).toEqual([[2], ['one']])
})
