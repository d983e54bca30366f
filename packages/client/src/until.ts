import type { Value } from './value.ts'

export interface Waiting {
  /** Gives up: the promise rejects with its reason. */
  signal?: AbortSignal
}

/**
 * What a value is as soon as it fits, by default once it is there: `const me = await until(chat.me)`.
 * Waits for as long as that takes.
 */
export function until<T>(value: Value<T>, fits?: undefined, waiting?: Waiting): Promise<NonNullable<T>>
export function until<T>(value: Value<T>, fits: (now: T) => boolean, waiting?: Waiting): Promise<T>
export function until<T>(
  value: Value<T>,
  fits: (now: T) => boolean = Boolean,
  { signal }: Waiting = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      stop()
      signal?.removeEventListener('abort', abort)
    }
    const abort = () => {
      end()
      reject(signal?.reason)
    }
    const look = () => {
      const now = value.get()
      if (!fits(now)) return
      end()
      resolve(now)
    }
    const stop = value.subscribe(look)
    signal?.addEventListener('abort', abort)
    if (signal?.aborted) abort()
    else look()
  })
}
