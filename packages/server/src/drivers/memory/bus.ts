import { type Report, reportUncaught } from '../../lib/report.ts'
import type { Bus } from '../../ports/bus.ts'
import { createDispatch } from './dispatch.ts'

/** The bus of a single process. Nothing is ever lost, so it is never cut. */
export function openMemoryBus({ report = reportUncaught }: { report?: Report } = {}): Bus {
  const dispatch = createDispatch({ report })

  return {
    isCut: false,
    publish: (messages) => dispatch.deliver(messages),
    async subscribe(names, listener) {
      dispatch.add(names, listener)
    },
    unsubscribe(names, listener) {
      dispatch.remove(names, listener)
    },
    onCut: () => () => undefined,
    async [Symbol.asyncDispose]() {
      dispatch.clear()
    },
  }
}
