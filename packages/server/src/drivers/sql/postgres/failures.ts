import { SQL } from 'bun'
import { NoAnswer } from './watched-pool.ts'

/** deadlock_detected and serialization_failure: the server has undone it, and the next time it may pass. */
const undone = ['40P01', '40001']
/** read_only_sql_transaction, and what a standby says where it is asked for its own place in the log. */
const ofCopy = ['25006', '55000']
/** too_many_connections. */
const full = '53300'
/** admin_shutdown, crash_shutdown, cannot_connect_now, and a primary that was one. */
const away = ['57P01', '57P02', '57P03', ...ofCopy]
/** What the server answers instead of doing anything, or after it has undone what it began. */
const nothingChanged: ReadonlySet<string> = new Set([...undone, full, ...away])
/** It is the primary that says so, and no other host is any better. */
const staysPrimary: ReadonlySet<string> = new Set([...undone, full])
/** It was never reached. */
const notReached: ReadonlySet<string> = new Set([
  'ERR_POSTGRES_CONNECTION_REFUSED',
  'ERR_POSTGRES_CONNECTION_TIMEOUT',
])

/** query_canceled, as at the end of its time, and lock_not_available. */
export const hasTakenTooLong = (cause: unknown): boolean =>
  cause instanceof SQL.PostgresError && (cause.errno === '57014' || cause.errno === '55P03')

export const hasChangedNothing = (cause: unknown): boolean =>
  cause instanceof SQL.PostgresError && (nothingChanged.has(cause.errno ?? '') || notReached.has(cause.code))

export const isOfCopy = (cause: unknown): boolean =>
  cause instanceof SQL.PostgresError && ofCopy.includes(cause.errno ?? '')

export const mayComeBack = (cause: unknown): boolean =>
  hasChangedNothing(cause) ||
  cause instanceof NoAnswer ||
  (cause instanceof SQL.PostgresError && cause.code.startsWith('ERR_POSTGRES_CONNECTION_'))

export const mayBeElsewhere = (cause: unknown): boolean =>
  mayComeBack(cause) && !(cause instanceof SQL.PostgresError && staysPrimary.has(cause.errno ?? ''))

/**
 * character_not_in_repertoire and, within JSON, untranslatable_character: of what JavaScript sends,
 * a NUL alone.
 */
export const isNul = (cause: unknown): boolean =>
  cause instanceof SQL.PostgresError && (cause.errno === '22021' || cause.errno === '22P05')

/** In a line. */
export const reasonOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? ''
