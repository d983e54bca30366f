import type { Statements } from '../statements.ts'
import type { Postgres } from './connection.ts'

/** Rows come as JSON: numbers as numbers, and bytes not at all. */
export function postgresStatements(postgres: Postgres): Statements {
  return {
    async rows(text, values) {
      const select = `WITH r AS (${numbered(text)}) SELECT row_to_json(r) AS row FROM r`
      return (await postgres.rows<{ row: unknown }>(select, values)).map(({ row }) => row)
    },
    async change(text, values) {
      const count = `WITH r AS (${numbered(text)} RETURNING 1) SELECT count(*)::integer AS changed FROM r`
      return (await postgres.rows<{ changed: number }>(count, values))[0]?.changed ?? 0
    },
  }
}

const numbered = (text: string): string => text.replaceAll(/\?(\d+)/g, '$$$1')
