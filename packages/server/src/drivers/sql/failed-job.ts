import { unseal } from '../../lib/seal.ts'
import { GivenUp, type JobKind, retryDelayMs } from '../../ports/queue.ts'

const problemCharsMax = 500

/** What becomes of a job that has failed: when it is tried again, and undefined where it is given up. */
export function failureOf(
  { attempt, attemptsMax }: { attempt: number; attemptsMax: number },
  cause: unknown,
  { now, random }: { now: number; random: () => number },
): { problem: string; retryAt: number | undefined } {
  const problem = (cause instanceof Error ? cause.message : String(cause)).slice(0, problemCharsMax)
  const isOver = cause instanceof GivenUp || attempt >= attemptsMax
  return { problem, retryAt: isOver ? undefined : now + retryDelayMs(attempt, random) }
}

/** A job's payload; undefined for what was sealed with another key. */
export function openedPayload(key: Uint8Array, sealed: Uint8Array, kind: JobKind): string | undefined {
  try {
    return unseal(key, sealed, kind)
  } catch {
    return undefined
  }
}
