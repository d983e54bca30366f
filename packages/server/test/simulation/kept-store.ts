import type { Database, SQLQueryBindings } from 'bun:sqlite'
import { conversationId, type UserId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import { systemUserId } from '@confab/protocol/retention'
import { openDatabase } from '../../src/drivers/sql/database.ts'
import { openSqliteStore } from '../../src/drivers/sql/sqlite-store.ts'
import { assert } from '../../src/lib/assert.ts'
import type { Store } from '../../src/ports/store.ts'

export type Rows = Map<string, SQLQueryBindings[][]>

/**
 * The real store, which outlives its servers. One for all runs, emptied before each: to open a database
 * and prepare its statements takes longer than many a run.
 */
export class KeptStore {
  readonly store: Store
  readonly #database: Database
  readonly #tables: string[]
  /** What a fresh database holds. */
  readonly #fresh: Rows
  epoch = ''

  static async open(): Promise<KeptStore> {
    const database = openDatabase({ file: ':memory:' })
    // What isn't looked at in a run is not simulated either: nothing reads old text out of free pages.
    database.run('PRAGMA secure_delete = OFF')
    const store = await openSqliteStore({ database, limits: defaultLimits })
    // A backup is put back row by row here, and not as a file: so are the audit log's, which stay otherwise.
    database.run('DROP TRIGGER audit_log_remembers')
    return new KeptStore(database, store)
  }

  private constructor(database: Database, store: Store) {
    this.#database = database
    this.store = store
    this.#tables = database
      .query<{ name: string }, []>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_migrations'",
      )
      .all()
      .map(({ name }) => name)
    this.#fresh = this.copy()
  }

  empty(epoch: string): void {
    this.restore(this.#fresh, epoch)
  }

  addUser(user: { id: UserId; name: string; handle: string; at: number }): void {
    void this.store.createUser(user)
  }

  /** A backup. */
  copy(): Rows {
    return new Map(
      this.#tables.map((table) => [
        table,
        this.#database.query<Record<string, SQLQueryBindings>, []>(`SELECT * FROM ${table}`).values(),
      ]),
    )
  }

  /** Puts a backup back, and so begins another history. */
  restore(rows: Rows, epoch: string): void {
    assert(rows.size === this.#tables.length, 'a backup holds every table')
    this.#forgetSharing()
    this.#database.run('BEGIN')
    for (const [table, all] of rows) {
      this.#database.run(`DELETE FROM ${table}`)
      for (const values of all)
        this.#database
          .query(`INSERT INTO ${table} VALUES (${values.map(() => '?').join(', ')})`)
          .run(...values)
    }
    this.#database.run("UPDATE meta SET value = ? WHERE name = 'epoch'", [epoch])
    this.#database.run('COMMIT')
    this.epoch = epoch
  }

  /** What the store keeps of who shares what ends with a process; here by a conversation that each makes. */
  #forgetSharing(): void {
    const about = { kind: 'group', name: null, topic: null, visibility: 'private', memberIds: [] } as const
    const users = this.#database.query<{ id: UserId }, [string]>('SELECT id FROM users WHERE id <> ?')
    const writes = users.all(systemUserId).map(({ id }) => {
      const made = { conversationId: conversationId.parse(id), actorId: id, at: 0 }
      return { write: 'conversation.create', ...made, ...about } as const
    })
    void this.store.commit(writes).then((outcomes) => {
      for (const { status } of outcomes) assert(status === 'committed', 'nothing was forgotten')
    })
  }
}
