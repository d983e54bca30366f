import { z } from 'zod'
import type { Settings } from '../../ports/settings.ts'
import type { Statements } from './statements.ts'

const settingRow = z.object({ value: z.string() })

/** Settings in the database: a lookup by key, on SQLite about 2 µs. The database has been migrated before. */
export function openSettings(statements: Statements): Settings {
  return {
    async read(name) {
      const [row] = await statements.rows('SELECT value FROM settings WHERE name = ?1', [name])
      return row === undefined ? undefined : JSON.parse(settingRow.parse(row).value)
    },
    async write({ name, value, actorId, at }) {
      if (value === undefined) await statements.change('DELETE FROM settings WHERE name = ?1', [name])
      else
        await statements.change(
          `INSERT INTO settings (name, value, changed_by, changed_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (name) DO UPDATE SET value = ?2, changed_by = ?3, changed_at = ?4`,
          [name, JSON.stringify(value), actorId, at],
        )
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}
