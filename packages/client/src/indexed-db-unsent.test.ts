import { expect, test } from 'bun:test'
import { withIndexedDb } from '../test/indexed-db.ts'
import { memoryDrafts } from './draft-store.ts'
import { indexedDbUnsent } from './indexed-db-unsent.ts'
import { memoryOutbox } from './memory-outbox.ts'
import { unsentContract } from './unsent.contract.ts'

withIndexedDb()

let places = 0

unsentContract('in IndexedDB', () => indexedDbUnsent(`unsent ${++places}`))
unsentContract('in memory', () => ({ outbox: memoryOutbox(), drafts: memoryDrafts() }))

test('[SDK179] a database that could not be opened is opened again for the next message', async () => {
  const { outbox } = indexedDbUnsent(`unsent ${++places}`)
  const factory = indexedDB
  const refusing: Pick<IDBFactory, 'open'> = {
    open() {
      throw new DOMException('just now', 'UnknownError')
    },
  }
  Object.assign(globalThis, { indexedDB: refusing })
  const entry = { conversationId: 'c', clientId: 'a', text: 'hi', createdAt: 1, number: 1 }
  const first = outbox.put('ann', entry)
  Object.assign(globalThis, { indexedDB: factory })
  await expect(first).rejects.toThrow('just now')
  await outbox.put('ann', entry)
  expect(await outbox.load('ann')).toEqual([entry])
})
