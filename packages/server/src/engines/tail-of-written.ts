import type { Clock } from '../lib/clock.ts'
import type { LogTail } from '../ports/event-log.ts'

/** What was committed longer ago must be written, or what is heard is too old. */
const writtenWithinMs = 2_000
/** How often that is asked, as long as a tail is open: one row by its key. */
const askEveryMs = 250

/**
 * A tail that counts as reading only while what it reads is written too. Who writes may be away, or have much to
 * write first: then nothing is heard for long, however well a broker answers. What comes late is heard all the same.
 */
export function tailOfWritten(
  tail: LogTail,
  { doneAgoMs, clock }: { doneAgoMs: () => Promise<number>; clock: Clock },
): LogTail {
  let writtenAt = Number.NEGATIVE_INFINITY
  let cancel = (): void => undefined
  let isOpen = true

  async function ask(): Promise<void> {
    const at = clock.elapsed()
    // A store that doesn't answer says nothing: what it said before grows old.
    writtenAt = await doneAgoMs().then(
      (agoMs) => at - agoMs,
      () => writtenAt,
    )
    if (isOpen) cancel = clock.after(askEveryMs, () => void ask())
  }

  void ask()
  return {
    get reading() {
      return clock.elapsed() - writtenAt < writtenWithinMs ? tail.reading : undefined
    },
    async [Symbol.asyncDispose]() {
      isOpen = false
      cancel()
      await tail[Symbol.asyncDispose]()
    },
  }
}
