import type { Log } from './options.ts'

/**
 * A value that changes, to be read at any time and listened to. It fits React's `useSyncExternalStore`
 * as it is: `get` answers the same object until the value changes, and both functions may be passed
 * around unbound. Listeners are told once a microtask, however often the value changed meanwhile.
 */
export interface Value<T> {
  readonly get: () => T
  /** Calls `listener` after each change until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void
}

/** A value that is set. */
export interface Cell<T> extends Value<T> {
  readonly set: (next: T) => void
}

/** A value that is worked out from others, when somebody looks at it after `invalidate`. */
export interface Computed<T> extends Value<T> {
  readonly invalidate: () => void
}

/**
 * Tells listeners of all that changed, once a microtask. A listener that throws doesn't keep it from others.
 */
export class Notifier {
  readonly #log: Log
  #changed = new Set<() => void>()

  constructor(log: Log) {
    this.#log = log
  }

  mark(tell: () => void): void {
    if (this.#changed.size === 0) queueMicrotask(() => this.#flush())
    this.#changed.add(tell)
  }

  /** Calls one listener; what it throws is logged. */
  call(listener: () => void): void {
    try {
      listener()
    } catch (error) {
      this.#log('error', 'a listener threw', error)
    }
  }

  #flush(): void {
    const changed = this.#changed
    this.#changed = new Set()
    for (const tell of changed) this.call(tell)
  }
}

/** `onWatched` is told when the first listener comes and when the last has gone. */
export function cell<T>(notifier: Notifier, initial: T, onWatched?: (watched: boolean) => void): Cell<T> {
  let value = initial
  const get = () => value
  const listeners = listenersOf(notifier, get, onWatched)
  return {
    get,
    subscribe: listeners.subscribe,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      listeners.mark()
    },
  }
}

/** `compute` is given its last answer, to be answered again where nothing changed. */
export function computed<T>(notifier: Notifier, compute: (last: T | undefined) => T): Computed<T> {
  let value: T | undefined
  let fresh: { value: T } | undefined
  const get = () => {
    fresh ??= { value: compute(value) }
    value = fresh.value
    return fresh.value
  }
  const listeners = listenersOf(notifier, get)
  return {
    get,
    subscribe: listeners.subscribe,
    invalidate() {
      fresh = undefined
      listeners.mark()
    },
  }
}

function listenersOf<T>(notifier: Notifier, get: () => T, onWatched?: (watched: boolean) => void) {
  const listeners = new Set<{ listener: () => void }>()
  /** What every listener knows; nothing where they know different values. */
  let told: { value: T } | undefined
  const tell = () => {
    const value = get()
    if (listeners.size === 0 || (told && Object.is(value, told.value))) return
    told = { value }
    for (const { listener } of [...listeners]) notifier.call(listener)
  }
  return {
    mark() {
      if (listeners.size > 0) notifier.mark(tell)
    },
    subscribe(listener: () => void) {
      // Wrapped, so that the same function may listen twice.
      const entry = { listener }
      listeners.add(entry)
      const value = get()
      if (listeners.size === 1) {
        told = { value }
        onWatched?.(true)
      } else if (told && !Object.is(value, told.value)) told = undefined
      return () => {
        if (listeners.delete(entry) && listeners.size === 0) onWatched?.(false)
      }
    },
  }
}

/** The last array where the next one holds the same things in the same order. */
export function sameItems<T>(last: readonly T[] | undefined, next: readonly T[]): readonly T[] {
  if (!last || last.length !== next.length) return next
  return next.every((item, index) => Object.is(item, last[index])) ? last : next
}
