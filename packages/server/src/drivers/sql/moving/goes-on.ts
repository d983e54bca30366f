import { SQLiteError } from 'bun:sqlite'
import { Refusal } from '@confab/protocol/refusal'
import { SQL } from 'bun'
import { MoveStopped } from './side.ts'

/** Throws MoveStopped for what is nobody's mistake: a full disk, a database that went away. */
export async function goesOn<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    const why = reasonOf(cause)
    if (why === undefined) throw cause
    throw new MoveStopped(why, { cause })
  }
}

function reasonOf(cause: unknown): string | undefined {
  if (cause instanceof Refusal && cause.code === 'overloaded') return 'the database is away'
  // disk_full and its class, and those of a server that ends.
  if (cause instanceof SQL.PostgresError && /^(53|57|58)/.test(cause.errno ?? ''))
    return `PostgreSQL stopped it (${cause.message})`
  if (cause instanceof SQLiteError && /^SQLITE_(FULL|IOERR)/.test(cause.code ?? ''))
    return `the data folder can't be written (${cause.message})`
  if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT'))
    return `the files can't be written (${cause.message})`
  return undefined
}
