import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localStoreContract } from '../local-store.contract.ts'
import { unsentContract } from '../unsent.contract.ts'
import { openSqliteStorage } from './sqlite-storage.ts'

function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'confab-copy-'))
  return { file: join(folder, 'chat.db'), remove: () => rm(folder, { recursive: true }) }
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
