import { localStoreContract } from './local-store.contract.ts'
import { MemoryDisk, memoryLocalStore } from './memory-local-store.ts'

localStoreContract('in memory', () => {
  const disk = new MemoryDisk()
  return { open: () => memoryLocalStore(disk), [Symbol.asyncDispose]: () => Promise.resolve() }
})
