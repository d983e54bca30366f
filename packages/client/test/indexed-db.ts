import { afterAll, beforeAll } from 'bun:test'
import * as fake from 'fake-indexeddb'

/** Gives the tests of a file the globals of IndexedDB, which Bun hasn't, and a fresh database each time. */
export function withIndexedDb(): void {
  const { default: _, forceCloseDatabase: __, IDBFactory, ...globals } = fake
  beforeAll(() => {
    Object.assign(globalThis, globals, { IDBFactory, indexedDB: new IDBFactory() })
  })
  afterAll(() => {
    for (const name of [...Object.keys(globals), 'IDBFactory', 'indexedDB'])
      Reflect.deleteProperty(globalThis, name)
  })
}
