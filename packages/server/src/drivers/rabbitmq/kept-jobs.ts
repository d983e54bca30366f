import type { Job, JobKind } from '../../ports/queue.ts'
import type { JobRows, Soon } from '../sql/kept-queue.ts'

/**
 * The jobs in the database, as the broker's queue needs them. A row is there until its job is done, and says
 * all that matters: what is to be done, when, how often it failed, whether it is dead. What lies at the
 * broker is a reminder of a row, so a reminder too many does nothing, and one that was lost is sent again.
 */
export interface KeptJobs extends JobRows {
  /** Of what is due and not with the broker, the first: nobody else hands them over until a time. */
  hand(lease: { now: number; until: number; limit: number }): Soon<HandedJob[]>
  /**
   * They are with the broker, and are handed to it again only if they are still there at that time. Those
   * that are no longer as `hand` left them (`was`, its `until`) stay as they are:
   * a worker may be through with them by now.
   */
  handed(nums: readonly number[], lease: { was: number; until: number }): Soon<unknown>
  /** All of a kind are handed to the broker again. */
  unhand(kind: JobKind): Soon<unknown>
  /**
   * Takes a job that the broker has reminded of until a time. Undefined for one that is no more, and for one
   * that another worker is at; that one is handed to the broker again, should nobody hold it any longer.
   */
  claim(job: HandedJob, lease: { now: number; until: number }): Soon<ClaimedJob | undefined>
  /** Who works at them goes on. */
  hold(nums: readonly number[], until: number): Soon<unknown>
  done(num: number): Soon<unknown>
  postpone(num: number, dueAt: number, problem: string): Soon<unknown>
  bury(num: number, now: number, problem: string): Soon<unknown>
  /** How many of a kind are due, and nobody is at them. */
  dueCount(kind: JobKind, now: number): Soon<number>
}

/** What a reminder holds, and no more: payloads stay in the database, sealed. */
export interface HandedJob {
  num: number
  kind: JobKind
  /** When it was due as it was handed over: still so as long as nobody has taken it. */
  dueAt: number
}

export type ClaimedJob = Job & { num: number; attemptsMax: number }
