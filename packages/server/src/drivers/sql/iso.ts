import { isoTime } from '../../lib/clock.ts'

let lastMs = Number.NaN
let lastIso = ''

/** `isoTime`, remembering the last answer: the messages of one batch mostly share their millisecond. */
export function iso(ms: number): string {
  if (ms !== lastMs) {
    lastIso = isoTime(ms)
    lastMs = ms
  }
  return lastIso
}
