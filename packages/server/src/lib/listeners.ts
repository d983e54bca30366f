import type { Report } from './report.ts'

/**
 * Functions that want to be told. One that throws hinders no other; its error is reported.
 * Who is removed while a value is being told hears nothing more.
 */
export interface Listeners<Value> {
  /** Answers how to remove it again. */
  add(listener: (value: Value) => void): () => void
  tell(value: Value): void
  clear(): void
}

/** `name` says in a report what was being told. */
export function createListeners<Value>({ name, report }: { name: string; report: Report }): Listeners<Value> {
  // A wrapper each, so that a function added twice is called twice and removed one at a time.
  const listeners = new Set<{ call: (value: Value) => void }>()

  return {
    add(call) {
      const listener = { call }
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell(value) {
      for (const { call } of listeners) {
        try {
          call(value)
        } catch (error) {
          report(`a listener of ${name} failed`, error)
        }
      }
    },
    clear: () => listeners.clear(),
  }
}
