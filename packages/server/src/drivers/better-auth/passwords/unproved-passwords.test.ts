import { describe, expect, test } from 'bun:test'
import { openPostgres } from '../../sql/postgres/connection.ts'
import { migrate } from '../../sql/postgres/migrate.ts'
import { postgresStatements } from '../../sql/postgres/statements.ts'
import { createTestDatabase, testPostgresUrl } from '../../sql/postgres/test-database.ts'
import type { Statements } from '../../sql/statements.ts'
import { unprovedPasswords } from './unproved-passwords.ts'

const userId = '01900000-0000-7000-8000-00000000000a'

/** Two nodes, the early one in the middle of what it does until it commits. */
async function openTwo() {
  const stack = new AsyncDisposableStack()
  const { url } = stack.use(await createTestDatabase())
  const [early, late, looking] = [
    stack.use(await openPostgres({ url, bounds: { connections: 1 } })),
    stack.use(await openPostgres({ url, bounds: { connections: 1 } })),
    stack.use(await openPostgres({ url, bounds: { connections: 1 } })),
  ]
  await migrate(early)
  await addUnconfirmed(postgresStatements(early))
  const secret = 'a secret for tests'
  return {
    early: unprovedPasswords(postgresStatements(early), { secret }),
    late: unprovedPasswords(postgresStatements(late), { secret }),
    begin: () => early.script('BEGIN'),
    /** Once the other one waits, or is done already. */
    async commitOnceWaited(other: Promise<unknown>) {
      let isDone = false
      const done = other.finally(() => {
        isDone = true
      })
      const waiting = 'SELECT count(*)::integer AS answer FROM pg_locks WHERE NOT granted'
      let waits: number | undefined
      while (!isDone && !waits) waits = await looking.ask<number>(waiting)
      await early.script('COMMIT')
      return done
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

async function addUnconfirmed(statements: Statements) {
  const at = new Date(0).toISOString()
  await statements.change(
    `INSERT INTO auth_user (id, name, email, "emailVerified", "createdAt", "updatedAt")
      VALUES (?1, 'Ann', 'ann@example.com', FALSE, ?2, ?2)`,
    [userId, at],
  )
  await statements.change(
    `INSERT INTO auth_account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
      VALUES (?1, ?1, 'credential', ?1, 'of the owner', ?2, ?2)`,
    [userId, at],
  )
}

describe.skipIf(testPostgresUrl === undefined)('on PostgreSQL', () => {
  test('[PASS15] a link that is followed while another signs up confirms nothing of theirs', async () => {
    await using two = await openTwo()
    const { early, late } = two
    await two.begin()
    expect(await early.replace({ userId, hash: 'of a stranger' })).toBe(true)
    const confirming = late.confirm({ userId, mark: late.markOf('of the owner') })
    expect(await two.commitOnceWaited(confirming)).toBe(false)
    expect(await late.confirm({ userId, mark: late.markOf('of a stranger') })).toBe(true)
  })

  test('[PASS15] … and a sign-up while the link is followed replaces nothing', async () => {
    await using two = await openTwo()
    const { early, late } = two
    await two.begin()
    expect(await early.confirm({ userId, mark: early.markOf('of the owner') })).toBe(true)
    const replacing = late.replace({ userId, hash: 'of a stranger' })
    expect(await two.commitOnceWaited(replacing)).toBe(false)
    expect(await late.hashOf(userId)).toBe('of the owner')
  })
})
