import { appendEntry, entryValues } from '../audit-entry.ts'
import type { Statements } from '../statements.ts'
import type { Postgres } from './connection.ts'

/** Rows come as JSON: numbers as numbers, times as ISO 8601, and bytes not at all. */
export function postgresStatements(postgres: Postgres): Statements {
  /** As one statement: no node is between two of them when it is stopped. */
  const changeAll: Statements['changeAll'] = async (texts, values, noted) => {
    const parts = texts.map((text, index) => `r${index} AS (${numbered(text)} RETURNING 1)`)
    const all = `(${texts.map((_, index) => `SELECT 1 FROM r${index}`).join(' UNION ALL ')})`
    if (noted) parts.push(`noted AS (${numbered(appendEntry(values.length))} WHERE EXISTS ${all})`)
    const count = `WITH ${parts.join(', ')} SELECT count(*)::integer AS changed FROM ${all} changed`
    const given = noted ? [...values, ...entryValues(noted)] : values
    return (await postgres.rows<{ changed: number }>(count, given))[0]?.changed ?? 0
  }
  return {
    async rows(text, values) {
      const select = `WITH r AS (${numbered(text)}) SELECT json_agg(row_to_json(r)) AS answer FROM r`
      return (await postgres.ask<unknown[]>(select, values)) ?? []
    },
    change: (text, values = [], noted) => changeAll([text], values, noted),
    changeAll,
    listed: (value) => `(SELECT json_array_elements_text(${value}::text::json))`,
  }
}

/** PostgreSQL's own form of the values' places. */
export const numbered = (text: string): string => text.replaceAll(/\?(\d+)/g, '$$$1')
