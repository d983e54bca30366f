import { type Report, reportUncaught } from '../../lib/report.ts'
import type { Bus, BusListener, BusMessage } from '../../ports/bus.ts'

/**
 * The bus of a single process: listeners run before `publish` returns. What a listener publishes waits
 * until the message at hand has reached everybody, so that no channel is heard in two orders.
 * Nothing is ever lost, so it is never cut.
 */
export function openMemoryBus({ report = reportUncaught }: { report?: Report } = {}): Bus {
  // The listener itself where a channel has but one, as nearly all do: with 30,000 channels that share
  // a listener, 100 bytes a channel beside its name.
  const channels = new Map<string, BusListener | readonly BusListener[]>()
  const waiting: BusMessage[] = []
  let isDelivering = false

  const listenersOf = (channel: string): readonly BusListener[] => {
    const held = channels.get(channel)
    return held === undefined ? [] : typeof held === 'function' ? [held] : held
  }

  const call = (listener: BusListener, message: BusMessage): void => {
    try {
      listener(message)
    } catch (error) {
      report(`a listener of bus channel ${message.channel} failed`, error)
    }
  }

  const deliver = (message: BusMessage): void => {
    const held = channels.get(message.channel)
    if (typeof held === 'function') call(held, message)
    else
      for (const listener of held ?? []) {
        const isHere =
          channels.get(message.channel) === held || listenersOf(message.channel).includes(listener)
        if (isHere) call(listener, message)
      }
  }

  return {
    publish(messages) {
      // Not spread: a batch may be longer than an argument list can be.
      for (const message of messages) waiting.push(message)
      if (isDelivering) return
      isDelivering = true
      try {
        // By index: the list grows while listeners publish.
        for (let index = 0; index < waiting.length; index++) {
          const message = waiting[index]
          if (message) deliver(message)
        }
      } finally {
        waiting.length = 0
        isDelivering = false
      }
    },

    async subscribe(names, listener) {
      for (const name of names) {
        const before = listenersOf(name)
        if (before.includes(listener)) continue
        channels.set(name, before.length === 0 ? listener : [...before, listener])
      }
    },

    unsubscribe(names, listener) {
      for (const name of names) {
        const left = listenersOf(name).filter((other) => other !== listener)
        const [first] = left
        if (first === undefined) channels.delete(name)
        else channels.set(name, left.length === 1 ? first : left)
      }
    },

    onCut: () => () => undefined,

    async [Symbol.asyncDispose]() {
      channels.clear()
    },
  }
}
