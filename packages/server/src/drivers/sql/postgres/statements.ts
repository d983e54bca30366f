import type { AuditEntry } from '../../../ports/audit-entry.ts'
import { appendEntry, entryValues } from '../audit-entry.ts'
import type { SqlValue, Statements } from '../statements.ts'
import type { Postgres } from './connection.ts'

/** Rows come as JSON: numbers as numbers, times as ISO 8601, and bytes not at all. */
export function postgresStatements(postgres: Postgres): Statements {
  const changeAll: Statements['changeAll'] = async (texts, values, noted) => {
    const { changes, all, given } = asOne(texts, values, { returning: '1', noted })
    const count = `${changes} SELECT count(*)::integer AS changed FROM ${all} changed`
    return (await postgres.rows<{ changed: number }>(count, given))[0]?.changed ?? 0
  }
  return {
    async rows(text, values) {
      const select = `WITH r AS (${numbered(text)}) SELECT json_agg(row_to_json(r)) AS answer FROM r`
      return (await postgres.ask<unknown[]>(select, values)) ?? []
    },
    change: (text, values = [], noted) => changeAll([text], values, noted),
    changeAll,
    async take(columns, texts, values, noted) {
      const { changes, given } = asOne(texts, values, { returning: columns, noted })
      const taken = `${changes} SELECT json_agg(row_to_json(r0)) AS answer FROM r0`
      return (await postgres.ask<unknown[]>(taken, given)) ?? []
    },
    listed: (value) => `(SELECT json_array_elements_text(${value}::text::json))`,
    locked: ' FOR UPDATE',
  }
}

/** As one statement: no node is between two of them when it is stopped. `returning` is of the first. */
function asOne(
  texts: readonly string[],
  values: readonly SqlValue[],
  { returning, noted }: { returning: string; noted: AuditEntry | undefined },
) {
  const parts = texts.map(
    (text, index) => `r${index} AS (${numbered(text)} RETURNING ${index === 0 ? returning : '1'})`,
  )
  const all = `(${texts.map((_, index) => `SELECT 1 FROM r${index}`).join(' UNION ALL ')})`
  if (noted) parts.push(`noted AS (${numbered(appendEntry(values.length))} WHERE EXISTS ${all})`)
  return {
    changes: `WITH ${parts.join(', ')}`,
    all,
    given: noted ? [...values, ...entryValues(noted)] : values,
  }
}

/** PostgreSQL's own form of the values' places. */
export const numbered = (text: string): string => text.replaceAll(/\?(\d+)/g, '$$$1')
