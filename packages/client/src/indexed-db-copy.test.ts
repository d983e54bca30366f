import { expect, test } from 'bun:test'
import { withIndexedDb } from '../test/indexed-db.ts'
import { indexedDbCopy } from './indexed-db-copy.ts'
import { localStoreContract } from './local-store.contract.ts'
import type { LocalStore } from './local-store.ts'

withIndexedDb()

let places = 0

localStoreContract('in IndexedDB', () => {
  const name = `copy ${++places}`
  const stores: LocalStore[] = []
  return {
    open() {
      const store = indexedDbCopy({ name, writer: `writer ${stores.length}` })
      stores.push(store)
      return store
    },
    async [Symbol.asyncDispose]() {
      for (const store of stores) store.close()
    },
  }
})

const load = (name: string) => indexedDbCopy({ name, writer: 'writer' }).load({ claim: true })

test('[SDK165] a broken copy makes way for a new one; one of a later version stays, and is not used', async () => {
  for (const [version, outcome] of [
    [1, undefined],
    [99, 'VersionError'],
  ] as const) {
    const name = `of version ${version}`
    const { promise, resolve } = Promise.withResolvers<void>()
    const request = indexedDB.open(name, version)
    request.onsuccess = () => {
      request.result.close()
      resolve()
    }
    await promise
    expect(await load(name).catch((error: Error) => error.name)).toBe(outcome)
  }
})

test('[SDK165] a page of a later version is not held up by one that is open', async () => {
  const store = indexedDbCopy({ name: 'held open', writer: 'writer' })
  await store.load({ claim: true })
  const { promise, resolve } = Promise.withResolvers<string>()
  const request = indexedDB.open('held open', 2)
  request.onblocked = () => resolve('blocked')
  request.onsuccess = () => resolve('opened')
  expect(await promise).toBe('opened')
  await expect(store.load({ claim: true })).rejects.toThrow()
})
