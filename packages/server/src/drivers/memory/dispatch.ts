import type { Report } from '../../lib/report.ts'
import type { BusListener, BusMessage } from '../../ports/bus.ts'

/**
 * Who listens to which channel in this process. Listeners run before `deliver` returns; what comes while
 * one runs waits until the message at hand has reached everybody, so that no channel is heard in two orders.
 */
export interface Dispatch {
  deliver(messages: readonly BusMessage[]): void
  /** Answers the channels that nobody listened to before. */
  add(names: readonly string[], listener: BusListener): string[]
  /** Answers the channels that nobody listens to any more. */
  remove(names: readonly string[], listener: BusListener): string[]
  has(name: string): boolean
  /** Every channel that somebody listens to. */
  names(): Iterable<string>
  clear(): void
}

export function createDispatch({ report }: { report: Report }): Dispatch {
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

  const deliverOne = (message: BusMessage): void => {
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
    deliver(messages) {
      // Not spread: a batch may be longer than an argument list can be.
      for (const message of messages) waiting.push(message)
      if (isDelivering) return
      isDelivering = true
      try {
        // By index: the list grows while listeners publish.
        for (let index = 0; index < waiting.length; index++) {
          const message = waiting[index]
          if (message) deliverOne(message)
        }
      } finally {
        waiting.length = 0
        isDelivering = false
      }
    },

    add(names, listener) {
      const fresh: string[] = []
      for (const name of names) {
        const before = listenersOf(name)
        if (before.includes(listener)) continue
        if (before.length === 0) fresh.push(name)
        channels.set(name, before.length === 0 ? listener : [...before, listener])
      }
      return fresh
    },

    remove(names, listener) {
      const silent: string[] = []
      for (const name of names) {
        const before = listenersOf(name)
        if (!before.includes(listener)) continue
        const left = before.filter((other) => other !== listener)
        const [first] = left
        if (first !== undefined) channels.set(name, left.length === 1 ? first : left)
        else if (channels.delete(name)) silent.push(name)
      }
      return silent
    },

    has: (name) => channels.has(name),
    names: () => channels.keys(),
    clear: () => channels.clear(),
  }
}
