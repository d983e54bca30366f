import { Database } from 'bun:sqlite'
import { afterEach, describe, expect, setSystemTime, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { signInWays } from '@confab/protocol/account-settings'
import { type SessionId, sessionId, type UserId } from '@confab/protocol/ids'
import { getMigrations } from 'better-auth/db/migration'
import { manualClock } from '../../lib/manual-clock.ts'
import { identityContract } from '../../ports/identity.contract.ts'
import type { Identity } from '../../ports/identity.ts'
import type { Mail } from '../../ports/mailer.ts'
import { migrate as migrateSqlite } from '../sql/migrate.ts'
import { openPostgres } from '../sql/postgres/connection.ts'
import { migrate as migratePostgres } from '../sql/postgres/migrate.ts'
import { createTestDatabase, testPostgresUrl } from '../sql/postgres/test-database.ts'
import { createAuth } from './auth.ts'
import { type AuthDatabase, authOnPostgres, authOnSqlite } from './auth-database.ts'
import { type NewUser, openIdentity } from './identity.ts'
import { oidcProviders } from './oidc-providers.ts'

afterEach(() => {
  setSystemTime()
})

/** Remembers what was asked of it. */
class RecordingDatabase extends Database {
  readonly asked: string[] = []
  override query: Database['query'] = (sql) => {
    this.asked.push(sql)
    return super.query(sql)
  }
}

/** An identity on accounts that are opened, and what it made known to others. */
async function openOn(
  database: AuthDatabase,
  { publicUrl = 'http://localhost:8080' }: { publicUrl?: string } = {},
) {
  const reports: unknown[] = []
  const mails: Mail[] = []
  const created: NewUser[] = []
  const clock = manualClock(Date.now())
  const asked: unknown[] = []
  const state = { refuse: false, mute: false, closed: false }
  const settings: Parameters<typeof openIdentity>[0] = {
    database,
    mailer: {
      async send(mail) {
        if (state.mute) throw new Error('the mail server is down')
        mails.push(mail)
      },
    },
    secret: 'a secret for tests, and for nothing else',
    publicUrl,
    trustedOrigins: [publicUrl],
    passwordCost: { memoryCost: 8, timeCost: 1 },
    report: (context, cause) => reports.push([context, cause]),
    clock,
    longestSessionMs: 30 * 24 * 3_600_000,
    rules: {
      ways: async () => new Set(signInWays),
      admits: async (newcomer) => {
        asked.push(newcomer)
        return !state.closed
      },
      suspensionOf: async () => undefined,
    },
    onUserCreated: async (user) => {
      if (state.refuse) throw new Error('the store is down')
      if (!created.some(({ id }) => id === user.id)) created.push(user)
    },
  }
  const identity = await openIdentity(settings)
  return Object.assign(state, {
    reports,
    identity,
    settings,
    publicUrl,
    mails,
    created,
    // better-auth takes the time from Date and lets nobody give it a clock.
    advance(ms: number) {
      clock.advance(ms)
      setSystemTime(clock.now())
    },
    [Symbol.asyncDispose]: () => identity[Symbol.asyncDispose](),
  })
}

async function open({ before, ...also }: { publicUrl?: string; before?: string } = {}) {
  const database = new RecordingDatabase(':memory:', { strict: true })
  if (before !== undefined) database.run(before)
  migrateSqlite(database, { now: Date.now })
  const opened = await openOn(authOnSqlite(database), also)
  return Object.assign(opened, {
    database,
    async [Symbol.asyncDispose]() {
      await opened.identity[Symbol.asyncDispose]()
      database.close()
    },
  })
}

async function openPostgresIdentity(also?: { publicUrl?: string }) {
  const stack = new AsyncDisposableStack()
  const { url } = stack.use(await createTestDatabase())
  // One, so that statements are done in their order when days go by at once.
  const postgres = stack.use(await openPostgres({ url, bounds: { connections: 1 } }))
  await migratePostgres(postgres)
  const database = authOnPostgres(postgres)
  const opened = await openOn(database, also)
  stack.use(opened.identity)
  return Object.assign(opened, { database, [Symbol.asyncDispose]: () => stack.disposeAsync() })
}

identityContract(open)

test('[AUTH27] better-auth finds all its tables as it wants them, and would make none', async () => {
  await using used = await open()
  expect(await tablesMissedIn(used)).toEqual([])
})

test('[AUTH27] … nor where a version made them that had fewer columns, whose sessions go on', async () => {
  await using used = await open({ before: tablesOfBefore })
  expect(await tablesMissedIn(used)).toEqual([])
  expect(await used.identity.verify('a-token-of-before')).toMatchObject({ sessionId: sessionOfBefore })
})

describe.skipIf(testPostgresUrl === undefined)('on PostgreSQL', () => {
  identityContract(openPostgresIdentity)

  test('[AUTH27] … nor on PostgreSQL', async () => {
    await using used = await openPostgresIdentity()
    expect(await tablesMissedIn(used)).toEqual([])
  })

  test('[SESS11] … so too on PostgreSQL', async () => {
    await using used = await openPostgresIdentity()
    await toldOfAllThatEnd(used)
  })

  test('[SESS10] of two who ask at once for a new token, on two nodes, both go on with the one that holds', async () => {
    await using used = await openPostgresIdentity()
    await using other = await openIdentity(used.settings)
    const code = { otp: await sendCode(used) }
    const signedIn = await post(used.identity, `${used.publicUrl}/api/auth/sign-in/email-otp`, code)
    const { token } = await signedIn.json()
    used.advance(4 * 24 * 3_600_000)
    const ask = async (identity: Identity) => {
      const headers = { Authorization: `Bearer ${token}` }
      return identity.handle(new Request(`${used.publicUrl}/api/auth/get-session`, { headers }))
    }
    const answers = await Promise.all([used.identity, other, used.identity, other].map(ask))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const rotated = answers.map(({ headers }) => headers.get('set-auth-token')).filter((one) => one !== null)
    expect(rotated.length).toBeGreaterThan(0)
    for (const said of [token, ...rotated]) expect(await other.verify(said)).toBeDefined()
    used.advance(2 * 60_000)
    for (const said of rotated) expect(await other.verify(said)).toBeDefined()
  })
})

/** Two sessions of Ann's, the other of which begins while all of hers end; and what was told of them. */
async function endWhileOneBegins(
  used: Awaited<ReturnType<typeof openOn>>,
  end: (identity: Identity, id: UserId) => Promise<void>,
) {
  const { identity, settings, publicUrl } = used
  const otp = await sendCode(used)
  const signedIn = await post(identity, `${publicUrl}/api/auth/sign-in/email-otp`, { otp })
  const session = await identity.verify((await signedIn.json()).token)
  if (!session) throw new Error('Ann has no session')
  const told: SessionId[] = []
  const stop = identity.onSessionEnded(({ sessionId: one }) => told.push(one))
  const other = sessionId.parse(Bun.randomUUIDv7())
  const at = new Date().toISOString()
  const ending = end(identity, session.userId)
  const beginning = settings.database.statements.change(
    `INSERT INTO auth_session (id, token, "userId", "createdAt", "updatedAt", "expiresAt")
      VALUES (?1, ?1, ?2, ?3, ?3, ?4)`,
    [other, session.userId, at, new Date(session.expiresAt).toISOString()],
  )
  await Promise.all([ending, beginning])
  stop()
  const both = [session.sessionId, other]
  const living = await identity.living(both)
  return { first: session.sessionId, told, gone: both.filter((one) => !living.has(one)) }
}

async function toldOfAllThatEnd(used: Awaited<ReturnType<typeof openOn>>): Promise<void> {
  for (const way of ['erase', 'endSessions'] as const) {
    const { first, told, gone } = await endWhileOneBegins(used, (identity, id) => identity[way](id))
    expect([way, told.toSorted()]).toEqual([way, gone.toSorted()])
    expect(told).toContain(first)
  }
}

test('[SESS11] of a session that begins while all of a person’s end it is told whenever it has ended', async () => {
  await using used = await open()
  await toldOfAllThatEnd(used)
})

const sessionOfBefore = '0191a1b0-0000-7000-8000-000000000002'
const tablesOfBefore = `
  CREATE TABLE "auth_user" ("id" text not null primary key, "name" text not null, "email" text not null unique,
    "emailVerified" integer not null, "image" text, "createdAt" date not null, "updatedAt" date not null);
  CREATE TABLE "auth_session" ("id" text not null primary key, "expiresAt" date not null,
    "token" text not null unique, "createdAt" date not null, "updatedAt" date not null, "ipAddress" text,
    "userAgent" text, "userId" text not null references "auth_user" ("id") on delete cascade);
  INSERT INTO auth_user VALUES ('0191a1b0-0000-7000-8000-000000000001', 'Ann', 'ann@example.com', 1, NULL,
    '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z');
  INSERT INTO auth_session VALUES ('${sessionOfBefore}', '2099-01-01T00:00:00.000Z', 'a-token-of-before',
    '${new Date().toISOString()}', '${new Date().toISOString()}', '', '', '0191a1b0-0000-7000-8000-000000000001')`

async function tablesMissedIn({ settings }: Pick<Awaited<ReturnType<typeof openOn>>, 'settings'>) {
  const kysely = await settings.database.kysely()
  const oidc = oidcProviders([], () => undefined)
  const { options } = createAuth({ ...settings, oidc, kysely }, noHooks)
  const { toBeCreated, toBeAdded } = await getMigrations(options)
  return [...toBeCreated, ...toBeAdded]
}

const noHooks: Parameters<typeof createAuth>[1] = {
  hasAccount: async () => false,
  signsUpAgain: () => false,
  beforeCode: async () => undefined,
  beforeSession: async () => ({ twoFactors: false }),
  afterSession: () => undefined,
  credentialChanged: () => undefined,
  afterReset: async () => undefined,
  rotate: async () => undefined,
  mailFailed: () => undefined,
}

/** Asks for a code by hand, and answers with it. */
async function sendCode({ identity, publicUrl, mails }: Awaited<ReturnType<typeof openOn>>): Promise<string> {
  await post(identity, `${publicUrl}/api/auth/email-otp/send-verification-otp`, { type: 'sign-in' })
  return /\b\d{6}\b/.exec(mails.at(-1)?.text ?? '')?.[0] ?? ''
}

const post = (identity: Identity, url: string, body: object): Promise<Response> =>
  identity.handle(
    new Request(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: 'ann@example.com', ...body }),
    }),
  )

test('[AUTH2] of the codes of an address only the newest is kept', async () => {
  await using used = await open()
  for (let sent = 0; sent < 3; sent++) await sendCode(used)
  const codes = used.database.query('SELECT count(*) AS held FROM auth_verification').get()
  expect(codes).toEqual({ held: 1 })
})

test('[AUTH9] the database holds no code as it is, nor hashed without a key', async () => {
  await using used = await open()
  const code = await sendCode(used)
  expect(code).toHaveLength(6)
  const rows = used.database.query('SELECT identifier, value FROM auth_verification').all()
  expect(rows).toHaveLength(1)
  const held = JSON.stringify(rows)
  expect(held).not.toContain(code)
  for (const form of ['hex', 'base64', 'base64url'] as const) {
    expect(held).not.toContain(createHash('sha256').update(code).digest(form))
  }
})

test('[AUTH16] sessions that have expired are forgotten', async () => {
  await using used = await open()
  const sessions = () => used.database.query('SELECT count(*) AS held FROM auth_session').get()
  await post(used.identity, `${used.publicUrl}/api/auth/sign-in/email-otp`, { otp: await sendCode(used) })
  expect(sessions()).toEqual({ held: 1 })
  used.advance(8 * 24 * 3_600_000)
  expect(sessions()).toEqual({ held: 0 })
})

test('[AUTH28] sessions past their longest life are forgotten, however lately they were used', async () => {
  await using used = await open()
  const signedIn = await post(used.identity, `${used.publicUrl}/api/auth/sign-in/email-otp`, {
    otp: await sendCode(used),
  })
  const { token } = await signedIn.json()
  const sessions = () => used.database.query('SELECT count(*) AS held FROM auth_session').get()
  for (let days = 0; days < 30; days += 6) {
    expect(await used.identity.verify(token)).toBeDefined()
    used.advance(6 * 24 * 3_600_000 - 60_000)
  }
  expect(sessions()).toEqual({ held: 1 })
  used.advance(2 * 3_600_000)
  expect(sessions()).toEqual({ held: 0 })
})

test('[AUTH24] where the database can’t be written, sessions stay good, and are kept for longer later', async () => {
  await using used = await open()
  const code = { otp: await sendCode(used) }
  const signedIn = await post(used.identity, `${used.publicUrl}/api/auth/sign-in/email-otp`, code)
  const { token } = await signedIn.json()
  const ends = () => used.database.query('SELECT expiresAt FROM auth_session').get()
  const before = ends()
  used.advance(2 * 3_600_000)
  used.database.run('PRAGMA query_only = ON')
  expect(await used.identity.verify(token)).toBeDefined()
  // The end of the session is due to be moved, and expired ones to be forgotten.
  used.advance(3_600_000)
  expect(await used.identity.verify(token)).toBeDefined()
  expect(used.reports.length).toBeGreaterThan(1)
  expect(ends()).toEqual(before)
  used.database.run('PRAGMA query_only = OFF')
  used.advance(60_000)
  expect(ends()).not.toEqual(before)
})

test('[AUTH22] better-auth opens no transaction, whatever it is asked', async () => {
  await using used = await open()
  const url = `${used.publicUrl}/api/auth/`
  const code = await sendCode(used)
  await post(used.identity, `${url}sign-in/email-otp`, { otp: 'wrong' })
  const { token } = await (await post(used.identity, `${url}sign-in/email-otp`, { otp: code })).json()
  const headers = { Authorization: `Bearer ${token}` }
  for (const path of ['token', 'jwks', 'get-session', 'list-sessions']) {
    expect((await used.identity.handle(new Request(`${url}${path}`, { headers }))).status).toBe(200)
  }
  expect(used.database.asked.some((sql) => /^insert into "auth_session"/i.test(sql))).toBe(true)
  expect(used.database.asked.filter((sql) => /^(begin|savepoint)/i.test(sql))).toEqual([])
})

test('[AUTH29] a signing key that a node under another SECRET left behind hinders no JWT', async () => {
  await using used = await open()
  await used.identity.handle(new Request(`${used.publicUrl}/api/auth/jwks`))
  await using other = await openIdentity({
    ...used.settings,
    secret: 'another secret, of nobody else at all',
  })
  const url = `${used.publicUrl}/api/auth/`
  const signedIn = await post(other, `${url}sign-in/email-otp`, {
    otp: await sendCode({ ...used, identity: other }),
  })
  const headers = { Authorization: `Bearer ${(await signedIn.json()).token}` }
  const answer = await other.handle(new Request(`${url}token`, { headers }))
  expect(answer.status).toBe(200)
  expect(await other.verify((await answer.json()).token)).toBeDefined()
})

test('[SESS9] a signing key of an older version, which had no end, is given one', async () => {
  await using used = await open()
  await post(used.identity, `${used.publicUrl}/api/auth/sign-in/email-otp`, { otp: await sendCode(used) })
  await used.identity.handle(new Request(`${used.publicUrl}/api/auth/jwks`))
  used.database.run('UPDATE auth_jwks SET expiresAt = NULL')
  await using again = await openIdentity(used.settings)
  expect(again.providers).toEqual([])
  const keys = used.database.query('SELECT expiresAt FROM auth_jwks').all()
  expect(keys).toEqual([{ expiresAt: expect.any(String) }])
})
