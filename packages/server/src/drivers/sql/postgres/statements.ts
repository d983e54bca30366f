import type { Statements } from '../statements.ts'
import type { Postgres } from './connection.ts'

/** Rows come as JSON: numbers as numbers, times as ISO 8601, and bytes not at all. */
export function postgresStatements(postgres: Postgres): Statements {
  return {
    async rows(text, values) {
      const select = `WITH r AS (${numbered(text)}) SELECT json_agg(row_to_json(r)) AS answer FROM r`
      return (await postgres.ask<unknown[]>(select, values)) ?? []
    },
    async change(text, values) {
      const count = `WITH r AS (${numbered(text)} RETURNING 1) SELECT count(*)::integer AS changed FROM r`
      return (await postgres.rows<{ changed: number }>(count, values))[0]?.changed ?? 0
    },
    /** As one statement: no node is between two of them when it is stopped. */
    async changeAll(texts, values) {
      const parts = texts.map((text, index) => `r${index} AS (${numbered(text)})`)
      await postgres.rows(`WITH ${parts.join(', ')} SELECT 1`, values)
    },
    listed: (value) => `(SELECT json_array_elements_text(${value}::text::json))`,
  }
}

/** PostgreSQL's own form of the values' places. */
export const numbered = (text: string): string => text.replaceAll(/\?(\d+)/g, '$$$1')
