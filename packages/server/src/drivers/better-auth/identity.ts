import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { getMigrations } from 'better-auth/db/migration'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { createListeners } from '../../lib/listeners.ts'
import { networkOf } from '../../lib/network.ts'
import type { Report } from '../../lib/report.ts'
import type { Identity, Session, SignedIn, SignInFailed } from '../../ports/identity.ts'
import { type Asking, askedNow, whileAsking } from './asking.ts'
import { type AuthSettings, createAuth, extendAfterMs, sessionLifeMs } from './auth.ts'
import { heldBack, openLater } from './held-back.ts'
import { jsonWebTokens } from './json-web-tokens.ts'
import { deviceDays, knownDevices } from './known-devices.ts'
import { newDeviceMail } from './new-device-mail.ts'
import { newPasswordMail } from './new-password-mail.ts'
import { handleWish } from './new-profile.ts'
import { type OidcProvider, oidcProviders } from './oidc-providers.ts'
import { heldBackPaths, isOpen, wayOf } from './open-paths.ts'
import { sessionTokens } from './session-tokens.ts'
import { sessionTables } from './sessions.ts'
import { cookieValue, openSignedToken, serializeCookie, signToken } from './signed-token.ts'
import { spentCodes } from './spent-codes.ts'

const tokenCharsMax = 8_192
const retryMailMs = 10_000
const extendWithinMs = 2_000
const extendAgainMs = 30_000
const extendAtOnceMax = 500
const pruneEveryMs = 3_600_000

export interface NewUser {
  id: UserId
  name: string
  /** What the handle is to be made of: any text, perhaps taken already. */
  handle: string
  at: number
}

/**
 * Accounts by better-auth, on the database that everybody shares, in tables of its own (`auth_…`).
 *
 * `onUserCreated` makes the person known to the rest of the system. It is called before each session
 * begins, so that what failed once is mended by the next sign-in; for an id that it knows it must change
 * nothing. If it fails, so does the sign-in.
 */
export async function openIdentity(
  settings: AuthSettings & {
    clock?: Clock
    /** How long answers are held back that must not tell by their time. Less than the default is for tests. */
    heldBackMs?: number
    providers?: readonly OidcProvider[]
    onUserCreated: (user: NewUser) => Promise<void>
  },
): Promise<Identity & { settled(): Promise<void> }> {
  const { database, mailer, secret, publicUrl, rules, report } = settings
  const { clock = systemClock, heldBackMs = 500, providers = [], onUserCreated } = settings
  const ended = createListeners<Pick<Session, 'userId' | 'sessionId'>>({ name: 'ended sessions', report })
  const signedIn = createListeners<SignedIn>({ name: 'sign-ins', report })
  const failed = createListeners<SignInFailed>({ name: 'failed sign-ins', report })
  const later = openLater({ report })

  const oidc = oidcProviders(providers, report)
  const auth = createAuth(
    { ...settings, oidc },
    {
      hasAccount: (email) => tables.hasAddress(email),
      // better-auth keeps the older codes and tells them apart by the millisecond; there is to be one.
      beforeCode: (email) => tables.eraseCodes(email),
      async beforeSession(id) {
        const account = tables.account(id)
        if (!account) throw new Error(`a session for user ${id}, who has no account`)
        const { email, name, createdAt } = account
        await onUserCreated({
          id: account.id,
          name,
          handle: handleWish(email),
          at: Date.parse(createdAt),
        })
      },
      afterSession: (session) => ended.tell(session),
      afterReset(id) {
        tables.confirmAddress(id)
        tables.eraseOffers(id)
        mailNewPassword(id)
      },
      async replacePassword({ userId: id, password }) {
        const { internalAdapter, password: hasher } = await auth.$context
        await internalAdapter.updatePassword(id, await hasher.hash(password))
      },
      rotate: (id) => tokens.rotate(id),
      mailFailed(cause) {
        report('a mail with a sign-in code was not sent', cause)
        const asked = askedNow()
        if (asked) asked.mailFailed = true
      },
    },
  )
  const { runMigrations } = await getMigrations(auth.options)
  await runMigrations()

  const tables = sessionTables(database, { lifeMs: sessionLifeMs })
  const tokens = sessionTokens(database, { clock, halfLifeMs: sessionLifeMs / 2 })
  const jwts = jsonWebTokens(auth, clock)
  const devices = knownDevices(database, { secret })
  const codes = spentCodes(database, { secret, now: clock.now })
  const context = await auth.$context
  const basePath = new URL(context.baseURL).pathname
  const cookieName = context.authCookies.sessionToken.name
  const deviceCookie = context.createAuthCookie('device', { maxAge: deviceDays * 86_400, path: basePath })
  const use = keepUsed(tables, { clock, report })
  const stopPruning = pruneForEver(tables, { clock, report })

  const alive = (session: Session | undefined): Session | undefined =>
    session && session.expiresAt > clock.now() ? use.used(session) : undefined

  const end = (session: Session | undefined): boolean => {
    if (!session || !tables.end(session.sessionId)) return false
    ended.tell({ userId: session.userId, sessionId: session.sessionId })
    return true
  }

  /** The token itself, or the one that took its place. Whoever brings an old one after its minute stole it, or was stolen from. */
  function currentToken(token: string): string | undefined {
    if (tables.byToken(token)) return token
    const old = tokens.old(token)
    if (old && 'betrayed' in old) end(tables.byId(old.betrayed))
    return old && 'current' in old ? old.current : undefined
  }

  const ofToken = (token: string): Session | undefined => {
    const current = currentToken(token)
    return current === undefined ? undefined : alive(tables.byToken(current))
  }

  const ofSigned = (signed: string): Session | undefined => {
    const token = openSignedToken(signed, secret)
    return token === undefined ? undefined : ofToken(token)
  }

  const verify: Identity['verify'] = async (token) => {
    if (token.length > tokenCharsMax) return undefined
    switch (token.split('.').length) {
      case 1:
        return ofToken(token)
      case 2:
        return ofSigned(token)
      case 3: {
        const claims = await jwts.verify(token)
        const session = claims && tables.byId(claims.sid)
        return session?.userId === claims?.sub ? alive(session) : undefined
      }
      default:
        return undefined
    }
  }

  const authenticate: Identity['authenticate'] = async (headers) => {
    const authorization = headers.get('authorization')
    if (authorization !== null) {
      const token = bearerToken(authorization)
      return token === undefined ? undefined : verify(token)
    }
    const signed = cookieValue(headers.get('cookie') ?? '', cookieName)
    return signed === undefined ? undefined : ofSigned(signed)
  }

  /** The request as better-auth can read it: with the token of today. */
  function withCurrentToken(request: Request): Request {
    const authorization = request.headers.get('authorization')
    const cookies = request.headers.get('cookie') ?? ''
    const said = authorization === null ? cookieValue(cookies, cookieName) : bearerToken(authorization)
    if (said === undefined || said.length > tokenCharsMax) return request
    const isBare = !said.includes('.')
    const token = isBare && authorization !== null ? said : openSignedToken(said, secret)
    const current = token === undefined ? undefined : currentToken(token)
    if (current === undefined || current === token) return request
    const headers = new Headers(request.headers)
    if (authorization !== null) headers.set('authorization', `Bearer ${current}`)
    else
      headers.set(
        'cookie',
        cookies.replace(said, () => signToken(current, secret)),
      )
    return new Request(request, { headers })
  }

  /** Tells of a sign-in, and mails the owner of one from a device that they had not used before. */
  function tellSignedIn(asked: Asking, way: SignedIn['way'], response: Response): Response {
    const [begun] = asked.begun
    if (!begun) return response
    const [id, user] = begun
    const { peer, userAgent } = asked
    const at = clock.now()
    const known = asked.deviceCookie ?? crypto.randomUUID()
    const newDevice = devices.meet(user, { cookie: known, peer, userAgent, at })
    const network = networkOf(peer)
    signedIn.tell({ userId: user, sessionId: id, way, at, network, userAgent, newDevice })
    const email = tables.account(user)?.email
    if (newDevice && email !== undefined) {
      later.run(() => mailer.send(newDeviceMail({ to: email, at, network, userAgent, publicUrl })))
    }
    return withCookie(response, serializeCookie(deviceCookie, known))
  }

  async function answer(request: Request, asked: Asking): Promise<Response> {
    const way = wayOf(asked.path)
    // Enabling the second factor asks for it as well, of who is signed in already.
    const before = way === 'second-factor' ? await authenticate(request.headers) : undefined
    const response = await auth.handler(withCurrentToken(request))
    if (asked.mailFailed) {
      throw new Refusal('overloaded', { detail: 'The mail could not be sent', retryAfterMs: retryMailMs })
    }
    if (asked.path === '/passkey/verify-registration' && response.status === 500) return wrongPasskeyAnswer()
    if (asked.path === '/change-password' && response.ok) await passwordChanged(request, asked)
    if (way === undefined) return response
    if (await isUnconfirmed(asked, response)) {
      tellFailed(asked, way)
      return wrongPasswordAnswer()
    }
    const [begun] = asked.begun
    const user = begun?.[1] ?? before?.userId
    if (asked.path === '/two-factor/verify-totp' && response.ok && user && asked.code !== undefined) {
      const isGood = codes.spend(user, asked.code)
      if (!isGood && !before && begun) {
        tables.end(begun[0])
        asked.begun.clear()
        tellFailed(asked, way)
        return Response.json({ code: 'INVALID_CODE', message: 'Invalid code' }, { status: 401 })
      }
    }
    if (before) return response
    if (begun) return tellSignedIn(asked, way, response)
    const isRefused = response.status >= 400 || (way === 'oidc' && isErrorRedirect(response))
    if (isRefused) tellFailed(asked, way)
    return response
  }

  async function passwordChanged({ headers }: Request, { endOthers }: Asking): Promise<void> {
    const session = await authenticate(headers)
    if (!session) return
    if (endOthers) endAllBut(session)
    mailNewPassword(session.userId)
  }

  function mailNewPassword(id: string): void {
    const to = tables.account(id)?.email
    if (to !== undefined) later.run(() => mailer.send(newPasswordMail({ to, at: clock.now(), publicUrl })))
  }

  const endAllBut = ({ userId: id, sessionId: kept }: Pick<Session, 'userId' | 'sessionId'>): void => {
    for (const session of tables.ofUser(id)) if (session.sessionId !== kept) end(session)
  }

  function tellFailed({ peer, userAgent, email }: Asking, way: SignedIn['way']): void {
    failed.tell({ way, at: clock.now(), network: networkOf(peer), userAgent, email })
  }

  return {
    verify,
    authenticate,
    providers: providers.map(({ id, name }) => ({ id, name })),

    async handle(request, { peer } = {}) {
      const startedAt = performance.now()
      const path = new URL(request.url).pathname.slice(basePath.length)
      if (!isOpen(path, await rules.ways()))
        return Response.json({ code: 'NOT_FOUND', message: 'Not found' }, { status: 404 })
      const { headers } = request
      const from = {
        path,
        peer,
        userAgent: headers.get('user-agent') ?? undefined,
        deviceCookie: cookieValue(headers.get('cookie') ?? '', deviceCookie.name),
      }
      return whileAsking(from, async (asked) => {
        await prepareProvider(request, path)
        try {
          return await answer(request, asked)
        } finally {
          for (const work of asked.later) later.run(work)
          if (heldBackPaths.has(path)) await heldBack(startedAt, heldBackMs)
        }
      })
    },

    async living(ids) {
      return tables.living(ids)
    },

    async emailOf(id) {
      return tables.account(id)?.email
    },

    async sessions(id) {
      return tables.records(id, clock.now())
    },

    async endSession({ userId: id, sessionId: one }) {
      const session = tables.byId(one)
      return session?.userId === id && end(session)
    },

    async endOtherSessions(session) {
      endAllBut(session)
    },

    async erase(id) {
      for (const session of tables.erase(id)) ended.tell({ userId: id, sessionId: session.sessionId })
    },

    /** Resolves when the mails and the like that were begun beside answers are done. */
    settled: () => later.settled(),
    onSessionEnded: (listener) => ended.add(listener),
    onSignedIn: (listener) => signedIn.add(listener),
    onSignInFailed: (listener) => failed.add(listener),

    async [Symbol.asyncDispose]() {
      stopPruning()
      use.stop()
      await later.settled()
      for (const listeners of [ended, signedIn, failed]) listeners.clear()
    },
  }

  /** A provider is looked for when somebody comes to use it. */
  async function prepareProvider(request: Request, path: string): Promise<void> {
    if (path.startsWith('/callback/')) return oidc.prepare(path.slice('/callback/'.length))
    if (path !== '/sign-in/social' && path !== '/link-social') return
    const body: unknown = await request
      .clone()
      .json()
      .catch(() => undefined)
    if (
      typeof body === 'object' &&
      body !== null &&
      'provider' in body &&
      typeof body.provider === 'string'
    ) {
      await oidc.prepare(body.provider)
    }
  }
}

const bearerToken = (authorization: string): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(authorization)?.[1]

/**
 * The right password of an address that nobody has confirmed. Said outright, it would tell that the address
 * has no other account: who signs up, and signs in with what they just chose, must get one answer in any case.
 */
async function isUnconfirmed({ path }: Asking, response: Response): Promise<boolean> {
  if (path !== '/sign-in/email' || response.status !== 403) return false
  const { code } = await response.clone().json()
  return code === 'EMAIL_NOT_VERIFIED'
}

const wrongPasswordAnswer = (): Response =>
  Response.json({ code: 'INVALID_EMAIL_OR_PASSWORD', message: 'Invalid email or password' }, { status: 401 })

/** better-auth fails over what is no registration for this site and this challenge. */
const wrongPasskeyAnswer = (): Response =>
  Response.json(
    { code: 'FAILED_TO_VERIFY_REGISTRATION', message: 'This is no passkey for this site' },
    { status: 400 },
  )

const isErrorRedirect = (response: Response): boolean =>
  /[?&]error=/.test(response.headers.get('location') ?? '')

function withCookie(response: Response, cookie: string): Response {
  const headers = new Headers(response.headers)
  headers.append('set-cookie', cookie)
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers })
}

/**
 * Moves the end of sessions that are in use. Gathered and written together, some seconds later: after a
 * restart thousands of clients come back at once, and a flush each would hold up the server. What can't be
 * written, on a full disk say, is reported and tried again with the next.
 */
function keepUsed(tables: ReturnType<typeof sessionTables>, { clock, report }: Keeping) {
  const waiting = new Set<string>()
  let cancel: (() => void) | undefined

  /** Whether it went well. */
  const flush = (): boolean => {
    cancel = undefined
    const ids = [...waiting].slice(0, extendAtOnceMax)
    try {
      tables.extend(ids, { now: clock.now(), until: clock.now() + sessionLifeMs })
    } catch (cause) {
      report('sessions in use were not kept for longer', cause)
      cancel = clock.after(extendAgainMs, flush)
      return false
    }
    for (const id of ids) waiting.delete(id)
    if (waiting.size > 0) cancel = clock.after(extendWithinMs, flush)
    return true
  }

  return {
    stop(): void {
      while (waiting.size > 0 && flush());
      cancel?.()
    },
    used(session: Session): Session {
      const until = clock.now() + sessionLifeMs
      if (until - session.expiresAt < extendAfterMs) return session
      waiting.add(session.sessionId)
      cancel ??= clock.after(extendWithinMs, flush)
      return { ...session, expiresAt: until }
    },
  }
}

/** Forgets expired sessions now and every hour. Answers how to stop. */
function pruneForEver(tables: ReturnType<typeof sessionTables>, { clock, report }: Keeping): () => void {
  let cancel = (): void => undefined
  const prune = (): void => {
    try {
      tables.prune(clock.now())
    } catch (cause) {
      // They say nobody all the same.
      report('expired sessions were not forgotten', cause)
    }
    cancel = clock.after(pruneEveryMs, prune)
  }
  prune()
  return () => cancel()
}

interface Keeping {
  clock: Clock
  report: Report
}
