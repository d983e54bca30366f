/** Takes an error that has no caller to go to. The default is the runtime's: loud, and the process ends. */
export type ReportError = (error: unknown) => void

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

export function createListeners<Value>(report: ReportError = reportError): Listeners<Value> {
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
          report(error)
        }
      }
    },
    clear: () => listeners.clear(),
  }
}
