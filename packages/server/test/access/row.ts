import type { Answers } from './answers.ts'
import type { Scene } from './world.ts'

/** What a request holds beside the conversation's id, which every path and call is given. */
export interface Asked {
  /** What stands in the path's braces, and its query. */
  path?: Record<string, string | number>
  query?: Record<string, string | number>
  body?: unknown
}

/** A case of an operation: what is asked, and what each is answered. */
export interface Row {
  /** Tells it from the operation's other rows: whose message, which role. */
  what?: string
  answers: Answers
  ask?: (scene: Scene) => Asked | Promise<Asked>
  /** Where it is asked: in a private group unless the row says so. */
  where?: 'group' | 'channel'
  /** It uses people up, so that the row has people of its own, or where accounts go a server of its own. */
  spends?: 'sessions' | 'accounts'
  /** It is meant to tell outsiders of the conversation: who holds a link to it, who may come in. */
  tells?: true
}

/** The rows of each operation: `METHOD /path` as in the OpenAPI document. */
export type OperationRows = Record<string, Row | readonly Row[]>

/** One row with its operation's name. */
export type NamedRow = Row & { operation: string }

export const namedRows = (table: OperationRows): NamedRow[] =>
  Object.entries(table).flatMap(([operation, rows]) => [rows].flat().map((row) => ({ ...row, operation })))

export const titleOf = ({ operation, what }: NamedRow): string =>
  what === undefined ? operation : `${operation}: ${what}`
