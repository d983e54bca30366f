import type { Clock } from './clock.ts'

/** More at once than this are not told of: their number tells. */
const toldMax = 10_000

/**
 * Says of a key whether it is the first of its kind within a time,
 * so that a log isn't filled by who comes often.
 */
export function openSeldom({
  everyMs,
  clock,
}: {
  everyMs: number
  clock: Pick<Clock, 'now'>
}): (key: string) => boolean {
  /** When each was told of, the earliest first. */
  const told = new Map<string, number>()
  return (key) => {
    const now = clock.now()
    for (const [one, at] of told) {
      if (now - at < everyMs) break
      told.delete(one)
    }
    if (told.has(key) || told.size >= toldMax) return false
    told.set(key, now)
    return true
  }
}
