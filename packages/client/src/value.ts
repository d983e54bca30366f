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
