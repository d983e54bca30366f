import type { Noted } from './audit-entry.ts'

/**
 * Work that may wait and must not be lost: each job is done at least once, by one worker at a time.
 *
 * - `add` resolves when the job is kept for good. A job with the `key` of one that waits or is under way
 *   is not added again.
 * - A handler that throws has its job come back after a growing, random delay. After `attemptsMax` tries
 *   it is a dead letter, kept for an administrator, with what went wrong; after GivenUp it is one at once.
 * - A worker that dies in the middle leaves its job to the next one: a handler must bear a second run.
 * - Jobs of one kind begin in the order of their times; they may end in another.
 *
 * Payloads may hold secrets (a mail with a code): a driver keeps them sealed, and forgets them once done.
 * Times are milliseconds since 1970 UTC.
 */
export interface Queue extends AsyncDisposable {
  add(job: NewJob): Promise<void>
  /**
   * Hands over the jobs of a kind, at most `atOnce` at a time, until stopped; stopping waits for those begun.
   */
  work(kind: JobKind, options: { atOnce: number }, handle: (job: Job) => Promise<void>): Worker
  /** The latest to die first, at most 101 a page. */
  deadLetters(page: { before?: string | undefined; limit: number }): Promise<DeadLetter[]>
  /** Gives a dead letter all its tries again. False if there is none of that id. */
  retry(id: string, by?: Noted): Promise<boolean>
  /** Forgets a dead letter. False if there is none of that id. */
  discard(id: string, by?: Noted): Promise<boolean>
  /**
   * Erases those of a kind whose payload is meant, waiting or dead; one that is under way ends as it ends.
   */
  forget(kind: JobKind, isMeant: (payload: string) => boolean): Promise<void>
  /** How many wait or are under way, and how many are dead. */
  counts(): Promise<{ waiting: number; dead: number }>
}

export const jobKinds = ['mail', 'export'] as const
export type JobKind = (typeof jobKinds)[number]

export interface NewJob extends Noted {
  kind: JobKind
  /** JSON. */
  payload: string
  key?: string
  /** Not before this time. */
  dueAt?: number
  /** 10 unless told: with the delays of `retryDelayMs` about a day. */
  attemptsMax?: number
}

export interface Job {
  id: string
  kind: JobKind
  payload: string
  /** 1 the first time. */
  attempt: number
  addedAt: number
}

export interface DeadLetter {
  id: string
  /** A JobKind, or one that a newer version knows. */
  kind: string
  addedAt: number
  diedAt: number
  attempts: number
  /** What the last try failed with. */
  problem: string
}

/** Thrown by a handler whose job no later try can do. */
export class GivenUp extends Error {
  override readonly name = 'GivenUp'
}

export interface Worker extends AsyncDisposable {}

const firstRetryMs = 5_000
const lastRetryMs = 6 * 3_600_000

/**
 * How long a job rests after its nth failure: full jitter over half of an exponential of base 4, so that
 * jobs that failed together don't come back together. 5 s, 20 s, 80 s … at most 6 hours.
 */
export function retryDelayMs(failures: number, random: () => number): number {
  const whole = Math.min(lastRetryMs, firstRetryMs * 4 ** (failures - 1))
  return Math.round(whole / 2 + (random() * whole) / 2)
}

export const attemptsUsually = 10
