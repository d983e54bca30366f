import { Database } from 'bun:sqlite'
import { afterEach, expect, setSystemTime, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { signInWays } from '@confab/protocol/account-settings'
import { manualClock } from '../../lib/manual-clock.ts'
import { identityContract } from '../../ports/identity.contract.ts'
import type { Identity } from '../../ports/identity.ts'
import type { Mail } from '../../ports/mailer.ts'
import { type NewUser, openIdentity } from './identity.ts'

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

async function open({ publicUrl = 'http://localhost:8080' } = {}) {
  const database = new RecordingDatabase(':memory:', { strict: true })
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
    report: (context, cause) => reports.push([context, cause]),
    clock,
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
    database,
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
    async [Symbol.asyncDispose]() {
      await identity[Symbol.asyncDispose]()
      database.close()
    },
  })
}

identityContract(open)

/** Asks for a code by hand, and answers with it. */
async function sendCode({ identity, publicUrl, mails }: Awaited<ReturnType<typeof open>>): Promise<string> {
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
  expect(used.reports.length).toBeGreaterThan(1)
  expect(await used.identity.verify(token)).toBeDefined()
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
