import type { Database } from 'bun:sqlite'
import type { Draft, DraftStore } from '../draft-store.ts'
import type { OutboxEntry, OutboxStore } from '../outbox-store.ts'

/** What was written here and the server doesn't have. On the disk when `put` resolves. */
export function sqliteUnsent(database: Database): { outbox: OutboxStore; drafts: DraftStore } {
  const outbox = keptByUser<OutboxEntry>(database, 'unsent')
  const drafts = keptByUser<Draft>(database, 'drafts')
  return {
    outbox: { ...outbox, put: (userId, entry) => outbox.put(userId, entry.clientId, entry) },
    drafts: { ...drafts, put: (userId, draft) => drafts.put(userId, draft.conversationId, draft) },
  }
}

/** Nothing but this writes there, so what is read is not parsed further. */
function keptByUser<Value>(database: Database, table: 'unsent' | 'drafts') {
  database.run(`CREATE TABLE IF NOT EXISTS ${table} (
    user TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (user, name)) WITHOUT ROWID`)
  const all = database.prepare<{ value: string }, [string]>(`SELECT value FROM ${table} WHERE user = ?`)
  const put = database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?)`)
  const remove = database.prepare(`DELETE FROM ${table} WHERE user = ? AND name = ?`)
  const clear = database.prepare(`DELETE FROM ${table} WHERE user = ?`)
  return {
    load: async (userId: string): Promise<Value[]> => all.all(userId).map(({ value }) => JSON.parse(value)),
    async put(userId: string, name: string, value: Value) {
      put.run(userId, name, JSON.stringify(value))
    },
    async remove(userId: string, name: string) {
      remove.run(userId, name)
    },
    async clear(userId: string) {
      clear.run(userId)
    },
  }
}
