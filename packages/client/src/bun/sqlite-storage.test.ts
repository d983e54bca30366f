import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { mkdtempSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localStoreContract } from '../local-store.contract.ts'
import { unsentContract } from '../unsent.contract.ts'
import { openSqliteStorage } from './sqlite-storage.ts'

function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'confab-copy-'))
  /** Whether any file holds a text. */
  async function holds(text: string): Promise<boolean> {
    const names = await readdir(folder)
    const held = await Promise.all(names.map((name) => Bun.file(join(folder, name)).bytes()))
    return held.some((bytes) => Buffer.from(bytes).includes(text))
  }
  return { file: join(folder, 'chat.db'), holds, remove: () => rm(folder, { recursive: true }) }
}

localStoreContract('in an SQLite file', () => {
  const { file, remove } = newFolder()
  const stack = new AsyncDisposableStack()
  stack.defer(remove)
  return {
    open: () => stack.use(openSqliteStorage(file)).copy,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
})

unsentContract('in an SQLite file', () => openSqliteStorage(':memory:'))

test('[SDK165] a copy of an earlier version makes way, one of a later version is refused; messages stay', async () => {
  const { file, remove } = newFolder()
  await using _ = { [Symbol.asyncDispose]: remove }
  const entry = { conversationId: 'c', clientId: 'a', text: 'hi', createdAt: 1, number: 1 }
  const versions = (version: number) => {
    using database = new Database(file)
    database.run(`PRAGMA user_version = ${version}`)
  }
  {
    using storage = openSqliteStorage(file)
    await storage.outbox.put('ann', entry)
  }
  versions(2)
  expect(() => openSqliteStorage(file)).toThrow('later than 1')
  versions(0)
  using storage = openSqliteStorage(file)
  expect(await storage.copy.load({ claim: true })).toBeUndefined()
  expect(await storage.outbox.load('ann')).toEqual([entry])
})

test('[SDK162] what is cleared is in no file, once they are closed', async () => {
  const { file, holds, remove } = newFolder()
  await using _ = { [Symbol.asyncDispose]: remove }
  const text = `said only here ${'x'.repeat(5_000)}`
  const entry = { conversationId: 'c', clientId: 'a', text, createdAt: 1, number: 1 }
  {
    using storage = openSqliteStorage(file)
    await storage.outbox.put('ann', entry)
    await storage.drafts.put('ann', { conversationId: 'c', text })
  }
  expect(await holds('said only here')).toBe(true)
  {
    using storage = openSqliteStorage(file)
    await storage.outbox.clear('ann')
    await storage.drafts.clear('ann')
  }
  expect(await holds('said only here')).toBe(false)
})
