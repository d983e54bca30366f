import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { z } from 'zod'
import type { Noted } from '../../ports/audit-entry.ts'
import type { Settings } from '../../ports/settings.ts'
import { isActive, requireActive } from './active.ts'
import type { Statements } from './statements.ts'

const settingRow = z.object({ name: z.string(), value: z.string() })

/** So many names share a statement at most. */
const togetherMax = 8

interface Look {
  names: Set<string>
  /** The values that are set, as JSON, by name. */
  rows: Promise<Map<string, string>>
}

/**
 * Settings in the database: a lookup by key, on SQLite about 2 µs. What is asked for in one turn of the event loop
 * is read by one statement: each request asks for two, and to PostgreSQL each would be a round trip of its own. The
 * database has been migrated before.
 */
export function openSettings(statements: Statements): Settings {
  /** The look that is about to be taken, where others may join it. */
  let next: Look | undefined

  function join(name: string): Look {
    if (next && (next.names.has(name) || next.names.size < togetherMax)) {
      next.names.add(name)
      return next
    }
    const names = new Set([name])
    const rows = Promise.resolve().then(() => {
      if (next === look) next = undefined
      return readAll([...names])
    })
    const look = { names, rows }
    next = look
    return look
  }

  async function readAll(names: readonly string[]): Promise<Map<string, string>> {
    const places = names.map((_, index) => `?${index + 1}`).join()
    const rows = await statements.rows(`SELECT name, value FROM settings WHERE name IN (${places})`, names)
    return new Map(rows.map((row) => settingRow.parse(row)).map(({ name, value }) => [name, value]))
  }

  /** In one statement, so that of two at once one is refused. */
  async function replace(
    set: { name: string; value: unknown; actorId: UserId; at: number; over: unknown } & Noted,
  ) {
    const value = JSON.stringify(set.value)
    const over = JSON.stringify(set.over)
    const values = [set.name, set.actorId, value, set.at]
    const noted = value === over ? undefined : set.noted
    const active = isActive('?2')
    const changed =
      set.over === undefined
        ? await statements.change(
            `INSERT INTO settings (name, changed_by, value, changed_at) SELECT ?1, ?2, ?3, ?4 WHERE ${active}
              ON CONFLICT DO NOTHING`,
            values,
            noted,
          )
        : await statements.change(
            `UPDATE settings SET changed_by = ?2, value = ?3, changed_at = ?4
              WHERE name = ?1 AND value = ?5 AND ${active}`,
            [...values, over],
            noted,
          )
    if (changed > 0) return
    await requireActive(statements, set.actorId)
    throw new Refusal('conflict', { detail: 'Somebody else has just changed it: look at it again' })
  }

  return {
    async read(name) {
      const value = (await join(name).rows).get(name)
      return value === undefined ? undefined : JSON.parse(value)
    },
    async write({ name, value, actorId, at, over, noted }) {
      if (over) return replace({ name, value, actorId, at, over: over.value, noted })
      const active = isActive('?2')
      const changed =
        value === undefined
          ? await statements.change(
              `DELETE FROM settings WHERE name = ?1 AND ${active}`,
              [name, actorId],
              noted,
            )
          : await statements.change(
              `INSERT INTO settings (name, changed_by, value, changed_at) SELECT ?1, ?2, ?3, ?4 WHERE ${active}
                ON CONFLICT (name) DO UPDATE SET changed_by = excluded.changed_by, value = excluded.value,
                  changed_at = excluded.changed_at
                  WHERE settings.value <> excluded.value`,
              [name, actorId, JSON.stringify(value), at],
              noted,
            )
      if (changed === 0) await requireActive(statements, actorId)
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}
