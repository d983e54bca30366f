import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import type { AccountRecord, AccountsPage, List } from '../../ports/store.ts'
import type { Domain } from '../domain.ts'
import { requireAdministrator } from './require-administrator.ts'
import { openCursor, sealCursor } from './sealed-cursor.ts'

/** Somebody as administrators see them. Times are milliseconds since 1970 UTC. */
export interface ManagedAccount extends AccountRecord {
  email: string | null
  secondFactor: boolean
  lastSeenAt: number | null
}

/**
 * A page of everybody, for administrators: by the beginning of a name or handle, or, with an `@` in it, of an
 * address. A page of a search by address may be short where role or suspension leave people out.
 */
export async function listAccounts(
  domain: Domain,
  actorId: UserId,
  asked: AccountsPage,
): Promise<List<ManagedAccount>> {
  await requireAdministrator(domain, actorId)
  const page = { ...asked, ...(asked.cursor !== undefined && { cursor: openCursor(domain, asked.cursor) }) }
  // A handle is written with its `@` too, at its beginning.
  const { items, next } = page.query.includes('@', 1)
    ? await findByAddress(domain, page)
    : await domain.store.accounts({ ...page, query: page.query.replace(/^@/, '') })
  return { items: await withAddresses(domain, items), next: next && sealCursor(domain, next) }
}

/** One of them, for administrators. */
export async function findAccount(domain: Domain, actorId: UserId, userId: UserId): Promise<ManagedAccount> {
  await requireAdministrator(domain, actorId)
  return accountOf(domain, userId)
}

/** The same, for who has just changed it, perhaps for the last time. */
export async function accountOf(domain: Domain, userId: UserId): Promise<ManagedAccount> {
  const [found] = await withAddresses(domain, await domain.store.accountsOf([userId]))
  if (!found) throw new Refusal('not_found')
  return found
}

async function findByAddress(
  { store, identity }: Domain,
  { query, role, suspended, ...page }: AccountsPage,
): Promise<List<AccountRecord>> {
  const { items, next } = await identity.findByEmail({ ...page, prefix: query })
  const found = await store.accountsOf(items)
  const fitting = found.filter(
    ({ serverRole, suspension }) =>
      (role === undefined || serverRole === role) &&
      (suspended === undefined || (suspension !== null) === suspended),
  )
  return { items: fitting, next }
}

async function withAddresses(
  { identity, presence, clock }: Domain,
  records: readonly AccountRecord[],
): Promise<ManagedAccount[]> {
  const ids = records.map(({ user }) => user.id)
  const [emails, twofold, seen] = await Promise.all([
    identity.emailsOf(ids),
    identity.withSecondFactor(ids),
    presence.look(ids),
  ])
  const lastSeen = new Map(
    seen.map(({ userId, status, lastSeenAt }) => [userId, status === 'offline' ? lastSeenAt : clock.now()]),
  )
  return records.map((record) => ({
    ...record,
    email: emails.get(record.user.id) ?? null,
    secondFactor: twofold.has(record.user.id),
    lastSeenAt: lastSeen.get(record.user.id) ?? null,
  }))
}
