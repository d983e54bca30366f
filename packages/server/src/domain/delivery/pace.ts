import type { Clock } from '../../lib/clock.ts'

/**
 * How fast what was committed is handed to those who read: in slices, each when the readers have taken most
 * of the ones before. So a burst, however large, cuts nobody off who reads; and who doesn't read holds up the
 * others only until that is clear.
 */
export interface Pace {
  /** Counts what is handed over. False where the next must wait for `room`. */
  goOn(bytes: number): boolean
  room(): Promise<void>
}

/** Somebody to whom frames are written. */
export interface Reader {
  /** Bytes written that have not been taken yet. */
  readonly bufferedBytes: number
}

/** Below a socket's 2 MiB: a slice beside what is crowded, and room for a few replies. */
export const sliceBytes = 512 * 1024
const crowdedBytes = 768 * 1024
const lookEveryMs = 5
/** Who has taken nothing for so long doesn't read, and who isn't through after so long is not waited for. */
const stuckMs = 250
const waitMsMax = 1_000

export function openPace({ readers, clock }: { readers: Iterable<Reader>; clock: Clock }): Pace {
  let handed = 0
  /** Who is not waited for, until they have caught up. */
  const stuck = new WeakSet<Reader>()

  function crowded(): Reader[] {
    const found: Reader[] = []
    for (const reader of readers) {
      if (reader.bufferedBytes <= crowdedBytes) stuck.delete(reader)
      else if (!stuck.has(reader)) found.push(reader)
    }
    return found
  }

  async function waitForReaders() {
    const startedAt = clock.elapsed()
    const progress = new Map<Reader, { bytes: number; at: number }>()
    for (let behind = crowded(); behind.length > 0; behind = crowded()) {
      const now = clock.elapsed()
      for (const reader of behind) {
        const { bufferedBytes: bytes } = reader
        const last = progress.get(reader)
        if (!last || bytes < last.bytes) progress.set(reader, { bytes, at: now })
        else if (now - last.at >= stuckMs) stuck.add(reader)
        if (now - startedAt >= waitMsMax) stuck.add(reader)
      }
      await new Promise<void>((resolve) => clock.after(lookEveryMs, resolve))
    }
  }

  let waiting: Promise<void> | undefined
  return {
    goOn(bytes) {
      handed += bytes
      return handed < sliceBytes
    },
    async room() {
      waiting ??= (async () => {
        // What was published in this tick is written at its end: only then it shows.
        await new Promise<void>((resolve) => clock.after(0, resolve))
        await waitForReaders()
      })().finally(() => {
        handed = 0
        waiting = undefined
      })
      await waiting
    },
  }
}
