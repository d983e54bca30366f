import { withIndexedDb } from '../test/indexed-db.ts'
import { memoryDrafts } from './draft-store.ts'
import { indexedDbUnsent } from './indexed-db-unsent.ts'
import { memoryOutbox } from './memory-outbox.ts'
import { unsentContract } from './unsent.contract.ts'

withIndexedDb()

let places = 0

unsentContract('in IndexedDB', () => indexedDbUnsent(`unsent ${++places}`))
unsentContract('in memory', () => ({ outbox: memoryOutbox(), drafts: memoryDrafts() }))
