import { expect, setSystemTime } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AccountSettings, signInWays } from '@confab/protocol/account-settings'
import { defaultLimits } from '@confab/protocol/limits'
import { defaultRates, type Rates } from '@confab/protocol/rates'
import { accountRules } from '../src/domain/accounts/account-rules.ts'
import { openCommitQueue } from '../src/domain/delivery/commit-queue.ts'
import type { Domain } from '../src/domain/domain.ts'
import { type Abuse, openLimiter } from '../src/domain/limits/limiter.ts'
import { sampleAddress } from '../src/domain/mail/sample-mails.ts'
import { auditIdentity } from '../src/domain/security/audit-identity.ts'
import { authOnSqlite } from '../src/drivers/better-auth/auth-database.ts'
import { openIdentity } from '../src/drivers/better-auth/identity.ts'
import type { OidcProvider } from '../src/drivers/better-auth/oidc-providers.ts'
import { authSampleMails } from '../src/drivers/better-auth/sample-mails.ts'
import { openFolderBlobs } from '../src/drivers/fs/blobs.ts'
import { openMemoryBus } from '../src/drivers/memory/bus.ts'
import { openMemoryPresence } from '../src/drivers/memory/presence.ts'
import { openMemoryRateLimits } from '../src/drivers/memory/rate-limits.ts'
import { openAuditLog } from '../src/drivers/sql/audit-log.ts'
import { openConsents } from '../src/drivers/sql/consents.ts'
import { openDatabase } from '../src/drivers/sql/database.ts'
import { openExports } from '../src/drivers/sql/exports.ts'
import { openInvitations } from '../src/drivers/sql/invitations.ts'
import { openPreviewInbox } from '../src/drivers/sql/preview-inbox.ts'
import { openSqlQueue } from '../src/drivers/sql/queue.ts'
import { openReader } from '../src/drivers/sql/reader.ts'
import { openReports } from '../src/drivers/sql/reports.ts'
import { openSettings } from '../src/drivers/sql/settings.ts'
import { openSqliteStore } from '../src/drivers/sql/sqlite-store.ts'
import { sqliteStatements } from '../src/drivers/sql/statements.ts'
import { openTextSeal } from '../src/drivers/sql/text-seal.ts'
import { manualClock } from '../src/lib/manual-clock.ts'
import type { Report } from '../src/lib/report.ts'
import type { Worker } from '../src/ports/queue.ts'
import { accountsRole } from '../src/roles/accounts/accounts.ts'
import { createApi } from '../src/roles/http/api.ts'
import { openWorkerRole } from '../src/roles/worker/worker.ts'

/** A server with this role alone, asked over a real connection. */
export async function startAccounts({
  publicUrl: settled,
  peer,
  limited = true,
  rates = {},
  accounts,
  providers = [],
  heldBackMs = 0,
  beforeWorkersMail = async () => undefined,
}: {
  publicUrl?: string
  peer?: string
  limited?: boolean
  rates?: Partial<Rates>
  accounts?: Partial<AccountSettings>
  providers?: OidcProvider[]
  heldBackMs?: number
  /** Done before a mail of the worker's goes out. */
  beforeWorkersMail?: () => Promise<void>
} = {}) {
  const clock = manualClock(Date.now())
  const reports: unknown[] = []
  const report: Report = (context, cause) => reports.push([context, cause])
  const database = openDatabase({ file: ':memory:' })
  const statements = sqliteStatements(database)
  const store = await openSqliteStore({ database, limits: defaultLimits })
  const inbox = openPreviewInbox({ statements, clock, log: { info: () => undefined } })
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => api.fetch(request) })
  const home = `http://localhost:${server.port}`
  const publicUrl = settled ?? home
  const settings = openSettings(statements)
  const invitations = openInvitations(statements)
  const messageReports = openReports(statements, openTextSeal({}))
  const accountDefaults: AccountSettings = {
    signIn: [...signInWays],
    signUp: 'open',
    domains: [],
    secondFactor: 'optional',
    ...accounts,
  }
  const identity = await openIdentity({
    database: authOnSqlite(database),
    mailer: inbox,
    secret: 'a secret for tests, and for nothing else',
    publicUrl,
    trustedOrigins: [publicUrl],
    rules: accountRules({ store, settings, invitations, accountDefaults, clock }),
    providers,
    passwordCost: { memoryCost: 8, timeCost: 1 },
    heldBackMs,
    report,
    clock,
    // Longer than a key lives, which a test sees change.
    longestSessionMs: 90 * 24 * 3_600_000,
    onUserCreated: (user) => store.createUser(user),
  })
  const queue = openSqlQueue({ database, clock, key: randomBytes(32), report })
  const exports = openExports(statements)
  const consents = openConsents(statements)
  const personal = openReader(database)
  const folder = await mkdtemp(join(tmpdir(), 'confab-accounts-'))
  const blobs = await openFolderBlobs(folder)
  const audit = openAuditLog({ statements, clock })
  const rateLimits = openMemoryRateLimits({ clock })
  const abuses: Abuse[] = []
  const limiter = limited
    ? openLimiter({
        rateLimits,
        rates: { ...defaultRates, ...rates },
        lockout: { failures: 5, withinMs: 15 * 60_000, lockMs: 30 * 60_000 },
        clock,
        onAbuse: (abuse) => abuses.push(abuse),
      })
    : undefined
  const auditing = auditIdentity({ identity, audit, rateLimits, report })
  const domain: Domain = {
    store,
    bus: openMemoryBus(),
    presence: openMemoryPresence({ clock }),
    identity,
    rateLimits: limiter,
    limits: defaultLimits,
    settings,
    invitations,
    reports: messageReports,
    accountDefaults,
    audit,
    queue,
    exports,
    consents,
    blobs,
    mails: inbox,
    commits: openCommitQueue({ store, announce: () => undefined, report }),
    clock,
    newId: () => Bun.randomUUIDv7(),
    contentSecret: randomBytes(32),
    report,
  }
  const api = createApi({
    peerAddress: (request) => peer ?? server.requestIP(request)?.address,
    trustedProxies: { has: (address) => address === '127.0.0.1' },
    report,
    trustedOrigins: [publicUrl],
    limits: limiter,
  })
  api.route(
    '/',
    accountsRole({
      domain,
      identity,
      trustedOrigins: [publicUrl],
      publicUrl,
      mailer: inbox,
      inbox,
      samples: () => authSampleMails({ to: sampleAddress, publicUrl }),
    }),
  )

  const mailer: Pick<typeof inbox, 'send'> = {
    async send(mail) {
      await beforeWorkersMail()
      await inbox.send(mail)
    },
  }
  const making = { ...domain, identity, personal, queue, mailer, publicUrl }
  let worker: Worker | undefined

  const ask = async (path: string, { method = 'GET', headers = {}, body }: Asking = {}) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) }
  }
  /** The mails to an address, the newest first. */
  const mailsTo = async (email: string) => {
    await identity.settled()
    return inbox.list({ to: email })
  }
  const codeFor = async (email: string) => {
    const path = '/api/auth/email-otp/send-verification-otp'
    const sent = await ask(path, { method: 'POST', body: { email, type: 'sign-in' } })
    expect(sent.status).toBe(200)
    const [newest] = await mailsTo(email)
    return /\b\d{6}\b/.exec(newest?.text ?? '')?.[0] ?? ''
  }
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    ask(`/api/auth/${path}`, { method: 'POST', body, headers })
  const enter = (email: string, otp: string, { headers = {} }: Asking = {}) =>
    post('sign-in/email-otp', { email, otp }, headers)
  const signIn = async (email: string) => {
    const answer = await enter(email, await codeFor(email))
    expect(answer.status).toBe(200)
    const cookie = answer.headers.getSetCookie().map((one) => one.split(';')[0])
    const bearer = { Authorization: `Bearer ${answer.json().token}` }
    const as = (path: string, asking: Asking = {}) =>
      ask(path, { ...asking, headers: { ...bearer, ...asking.headers } })
    return {
      id: String(answer.json().user.id),
      token: String(answer.json().token),
      bearer,
      as,
      cookie: { Cookie: cookie.join('; ') },
    }
  }

  /** By the link of "forgot password", which ends the sessions of before. */
  const resetPassword = async (email: string, newPassword: string) => {
    await post('request-password-reset', { email })
    const [newest] = await mailsTo(email)
    const token = /token=([\w-]+)/.exec(newest?.text ?? '')?.[1]
    expect((await post('reset-password', { newPassword, token })).status).toBe(200)
  }

  /** The first who signs in is an administrator, who suspends somebody. */
  const suspend = async (by: { as: typeof ask }, id: string, reason = 'spam') =>
    by.as(`/api/v1/admin/accounts/${id}/suspension`, { method: 'PUT', body: { reason } })

  return {
    ask,
    suspend,
    clock,
    codeFor,
    mailsTo,
    identity,
    database,
    enter,
    post,
    signIn,
    resetPassword,
    // better-auth takes the time from Date and lets nobody give it a clock.
    advance(ms: number) {
      clock.advance(ms)
      setSystemTime(clock.now())
    },
    inbox,
    store,
    statements,
    domain,
    blobs,
    /** Begins to do the jobs that wait; resolves when those are done. */
    async work() {
      worker ??= openWorkerRole(making)
      await queue.settle()
    },
    /** Stops the worker, when what it is about is done. */
    async rest() {
      await worker?.[Symbol.asyncDispose]()
      worker = undefined
    },
    home,
    reports,
    abuses,
    async [Symbol.asyncDispose]() {
      setSystemTime()
      await server.stop(true)
      await auditing[Symbol.asyncDispose]()
      await worker?.[Symbol.asyncDispose]()
      await queue[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
      await domain.commits[Symbol.asyncDispose]()
      await identity[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      database.close()
    },
  }
}

export type AccountsServer = Awaited<ReturnType<typeof startAccounts>>

interface Asking {
  method?: string
  headers?: Record<string, string>
  body?: unknown
}

export const isoInstant = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
