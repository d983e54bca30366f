import type { Database } from 'bun:sqlite'
import { type UserId, userId } from '@confab/protocol/ids'
import type { AccountRecord, AccountsPage, List, SuspensionRecord } from '../../../ports/store.ts'
import { type Condition, peoplePage, toUser, type UserColumns, userColumns } from './people.ts'

const columns = [...userColumns, 'server_role', 'suspended_at', 'suspended_by', 'suspended_reason'] as const

/** By name, like the directory. */
export function readAccounts(
  database: Database,
  { role, suspended, ...page }: AccountsPage,
): List<AccountRecord> {
  const conditions: Condition[] = []
  if (role !== undefined) conditions.push({ text: 'server_role = ?', values: [role] })
  if (suspended !== undefined)
    conditions.push({ text: `suspended_at IS ${suspended ? 'NOT NULL' : 'NULL'}`, values: [] })
  return peoplePage<AccountColumns, AccountRecord>(database, page, { columns, conditions, item: toAccount })
}

/** In the order of the ids; who isn't known is left out. */
export function readAccountsOf(database: Database, ids: readonly UserId[]): AccountRecord[] {
  if (ids.length === 0) return []
  const select = database.query<AccountColumns, [string]>(
    `SELECT ${columns} FROM users WHERE id IN (SELECT value FROM json_each(?)) AND erased_at IS NULL`,
  )
  const byId = new Map(select.all(JSON.stringify(ids)).map((row) => [row.id, toAccount(row)]))
  return [...new Set(ids)].flatMap((id) => byId.get(id) ?? [])
}

export type AccountColumns = UserColumns & {
  server_role: AccountRecord['serverRole']
  suspended_at: number | null
  suspended_by: string | null
  suspended_reason: string | null
}

export const toAccount = (row: AccountColumns): AccountRecord => ({
  user: toUser(row),
  serverRole: row.server_role,
  suspension: toSuspension(row),
})

function toSuspension({
  suspended_at: at,
  suspended_by: by,
  suspended_reason: reason,
}: AccountColumns): SuspensionRecord | null {
  return at === null ? null : { at, by: userId.parse(by), reason: reason ?? '' }
}
