import { busContract } from '../../ports/bus.contract.ts'
import { openMemoryBus } from './bus.ts'

busContract(async ({ report }) => {
  const bus = openMemoryBus({ report })
  return { here: bus, there: bus, [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose]() }
})
