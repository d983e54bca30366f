import type { Statements } from '../statements.ts'
import type { Arriving } from './marks.ts'
import type { Key, MovedTable, Row } from './moved-table.ts'

/** On SQLite the number of a conversation is the upper half of 64 bits. */
export const conversationNumberMax = 2 ** 31 - 1

/** One installation's database, as a move reads and writes it. Nobody else has it meanwhile. */
export interface Side {
  engine: 'sqlite' | 'postgres'
  /** For people: without a password. */
  place: string
  statements: Statements
  /** What of a table moves, in the order of its key, after a key: a part at a time. */
  rows(table: MovedTable, after: Key | null): AsyncIterable<Row>
  count(table: MovedTable): Promise<number>
  /** A row that the other engine can't hold, if there is any. */
  immovable(table: MovedTable): Promise<Row | undefined>
  /**
   * Writes rows and how far the move has come, both or neither. Throws MoveStopped where it isn't at the step
   * before: a statement of a run that was killed may have come in between.
   */
  insert(table: MovedTable, rows: readonly Row[], progress: Arriving): Promise<void>
  /** The last number that a table has given away; 0 where it gave none. */
  lastNumber(table: string): Promise<number>
  setLastNumber(table: string, number: number): Promise<void>
  /** What plans are made by, once the rows are there: else the first hours would be slow. */
  gatherStatistics(): Promise<void>
  /** The columns of every table there is, but for the engine's own. */
  columns(): Promise<Map<string, Set<string>>>
  /** How many migrations have been here, and how many this program knows. */
  version(): Promise<{ applied: number; known: number }>
}

/** What was done stays done: with room on the disk, or the database back, the same command goes on. */
export class MoveStopped extends Error {
  override readonly name = 'MoveStopped'
  /** EX_TEMPFAIL of sysexits.h. */
  readonly exitStatus = 75

  constructor(why: string, options?: ErrorOptions) {
    super(`${why}: run the same again, and it goes on where it was`, options)
  }
}

/** Why two installations can't be moved into each other as they are. The message says what to do. */
export class MoveRefused extends Error {
  override readonly name = 'MoveRefused'
  /** EX_DATAERR of sysexits.h. */
  readonly exitStatus = 65
}
