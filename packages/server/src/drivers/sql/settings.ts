import type { Database } from 'bun:sqlite'
import type { Settings } from '../../ports/settings.ts'

/** Settings in the database: a lookup by key, about 2 µs. The database has been migrated before. */
export function openSettings(database: Database): Settings {
  const find = database.prepare<{ value: string }, [string]>('SELECT value FROM settings WHERE name = ?')
  const put = database.prepare<never, [string, string, string, number]>(
    `INSERT INTO settings (name, value, changed_by, changed_at) VALUES (?1, ?2, ?3, ?4)
      ON CONFLICT (name) DO UPDATE SET value = ?2, changed_by = ?3, changed_at = ?4`,
  )
  const forget = database.prepare<never, [string]>('DELETE FROM settings WHERE name = ?')
  return {
    async read(name) {
      const row = find.get(name)
      return row === null ? undefined : JSON.parse(row.value)
    },
    async write({ name, value, actorId, at }) {
      if (value === undefined) forget.run(name)
      else put.run(name, JSON.stringify(value), actorId, at)
    },
    async [Symbol.asyncDispose]() {
      for (const statement of [find, put, forget]) statement.finalize()
    },
  }
}
