import type { Clock } from './clock.ts'

/** What comes of `work`, unless that takes too long: then it rejects. */
export async function withinMs<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  let cancel: () => void = () => undefined
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(ms, () => reject(new Error(`no answer in ${ms} ms`)))
  })
  try {
    return await Promise.race([work, late])
  } finally {
    cancel()
  }
}
