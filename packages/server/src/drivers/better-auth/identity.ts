import { type UserId, userId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { createListeners } from '../../lib/listeners.ts'
import type { CredentialChanged, Identity, Session, SignedIn, SignInFailed } from '../../ports/identity.ts'
import { isMalformedTry } from '../../ports/malformed-try.ts'
import type { Statements } from '../sql/statements.ts'
import { readAccountRecord } from './account-record.ts'
import { type Asking, askedNow, whileAsking } from './asking.ts'
import type { AuthSettings } from './auth.ts'
import {
  isErrorRedirect,
  isUnconfirmed,
  suspendedAnswer,
  toErrorPage,
  toldOnPage,
  wrongPasskeyAnswer,
  wrongPasswordAnswer,
} from './auth-answers.ts'
import { authWhenAsked } from './auth-when-asked.ts'
import { cookiesOf } from './cookies.ts'
import { credentialNews } from './credential-news.ts'
import { credentials } from './credentials.ts'
import { heldBack, openLater } from './held-back.ts'
import { jsonWebTokens } from './json-web-tokens.ts'
import { keepUsed, pruneForEver } from './keep-sessions.ts'
import { deviceDays, knownDevices } from './known-devices.ts'
import { handleWish } from './new-profile.ts'
import type { OidcProvider } from './oidc-providers.ts'
import { authPath, heldBackPaths, isOpen, wayOf } from './open-paths.ts'
import { keyLifeMs, sessionLifeMs } from './session-life.ts'
import { sessionTokens } from './session-tokens.ts'
import { sessionTables } from './sessions.ts'
import { signInNews } from './sign-in-news.ts'
import { cookieValue, openSignedToken, serializeCookie, withCookie } from './signed-token.ts'
import { signedUp, signUpAgainMs } from './signed-up.ts'
import { spentCodes } from './spent-codes.ts'
import { iso } from './times.ts'

const retryMailMs = 10_000
const signUp = '/sign-up/email'
const passkeySignIn = '/passkey/verify-authentication'

export interface NewUser {
  id: UserId
  name: string
  /** What the handle is to be made of: any text, perhaps taken already. */
  handle: string
  at: number
}

/**
 * Accounts by better-auth, on the database that everybody shares, in tables of its own (`auth_…`), which the
 * migrations have made.
 *
 * `onUserCreated` makes the person known to the rest of the system. It is called before each session
 * begins, so that what failed once is mended by the next sign-in; for an id that it knows it must change
 * nothing. If it fails, so does the sign-in.
 */
export async function openIdentity(
  settings: AuthSettings & {
    clock?: Clock
    /**
     * How long answers are held back that must not tell by their time. Less than the default is for tests.
     */
    heldBackMs?: number
    providers?: readonly OidcProvider[]
    /** After so long one signs in anew, however often one was there. */
    longestSessionMs: number
    onUserCreated: (user: NewUser) => Promise<void>
  },
): Promise<Identity & { settled(): Promise<void> }> {
  const { database, mailer, secret, publicUrl, rules, report } = settings
  const { clock = systemClock, heldBackMs = 500, providers = [], longestSessionMs, onUserCreated } = settings
  const ended = createListeners<Pick<Session, 'userId' | 'sessionId'>>({ name: 'ended sessions', report })
  const signedIn = createListeners<SignedIn>({ name: 'sign-ins', report })
  const failed = createListeners<SignInFailed>({ name: 'failed sign-ins', report })
  const changed = createListeners<CredentialChanged>({ name: 'changed credentials', report })
  const later = openLater({ report })

  const loaded = authWhenAsked(settings, {
    hasAccount: async (email) => (await tables.userOf(email)) !== undefined,
    // better-auth keeps the older codes and tells them apart by the millisecond; there is to be one.
    beforeCode: (email) => tables.eraseCodes(email),
    signsUpAgain(email) {
      const asked = askedNow()
      return asked?.path === signUp && signedUpBefore.isOf(asked.signedUpCookie, email)
    },
    async beforeSession(id) {
      const account = await tables.account(id)
      if (!account) throw new Error(`a session for user ${id}, who has no account`)
      const { email, name, createdAt, twoFactorEnabled } = account
      await onUserCreated({
        id: account.id,
        name,
        handle: handleWish(email),
        at: createdAt,
      })
      // Where the app's code is asked for, what the first factor begins is given to nobody: it ends within
      // the request, unless the browser brings what an earlier code has left there.
      return { twoFactors: twoFactorEnabled === true || askedNow()?.path === passkeySignIn }
    },
    afterSession: (session) => ended.tell(session),
    async afterReset(id) {
      tellChange(id, { action: 'password.changed', by: 'link' })
      await tables.confirmAddress(id, { hash: askedNow()?.passwordHash })
      await tables.eraseOffers(id)
      await mailNewPassword(id)
    },
    credentialChanged: (id, change) => tellChange(id, change),
    rotate: (id, said) => tokens.rotate(id, said),
    mailFailed(cause) {
      report('a mail with a sign-in code was not sent', cause)
      const asked = askedNow()
      if (asked) asked.mailFailed = true
    },
  })
  const { statements } = database
  await limitKeys(statements, clock.now())

  const tables = sessionTables(statements, { lifeMs: sessionLifeMs, longestMs: longestSessionMs })
  const tokens = sessionTokens(statements, { clock, halfLifeMs: sessionLifeMs / 2 })
  const verifyJwt = async (token: string) => {
    const { auth } = await loaded()
    return (await auth.api.verifyJWT({ body: { token } })).payload
  }
  const jwts = jsonWebTokens(verifyJwt, clock)
  const devices = knownDevices(statements, { secret })
  const codes = spentCodes(statements, { secret, now: clock.now })
  const cookies = cookiesOf(publicUrl)
  const deviceCookie = {
    name: cookies.device,
    attributes: { ...cookies.attributes, maxAge: deviceDays * 86_400 },
  }
  const signedUpBefore = signedUp({ secret, now: clock.now })
  const signedUpCookie = {
    name: cookies.signedUp,
    attributes: { ...cookies.attributes, maxAge: signUpAgainMs / 1_000 },
  }
  const use = keepUsed(tables, { clock, report })
  const stopPruning = pruneForEver(tables, { clock, report })

  const tellEnded = (sessions: readonly Session[]) => {
    for (const { userId, sessionId } of sessions) ended.tell({ userId, sessionId })
  }
  const end = async (session: Session | undefined): Promise<boolean> => {
    if (!session || !(await tables.end(session.sessionId))) return false
    tellEnded([session])
    return true
  }

  const { verify, authenticate, withCurrentToken } = credentials({
    ...{ tables, tokens, jwts, secret, cookieName: cookies.session, clock },
    used: use.used,
    end,
  })

  const { tellSignedIn, tellFailed, mailNewPassword, mailNoSecondFactor } = signInNews({
    ...{ tables, devices, deviceCookie, mailer, later, publicUrl, clock, signedIn, failed },
  })

  const { tellChange, answerTelling } = credentialNews({ tables, clock, changed })

  async function answer(request: Request, asked: Asking): Promise<Response> {
    const way = wayOf(asked.path)
    // Enabling the second factor asks for it as well, of who is signed in already.
    const before = way === 'second-factor' ? await authenticate(request.headers) : undefined
    const { auth } = await loaded()
    const answered = await auth.handler(await withCurrentToken(request))
    if (answered.ok) asked.tellDone?.()
    const response = way === 'oidc' ? toldOnPage(answered) : answered
    if (asked.mailFailed) {
      throw new Refusal('overloaded', { detail: 'The mail could not be sent', retryAfterMs: retryMailMs })
    }
    const suspended = await refuseSuspended(asked)
    if (suspended) return suspended
    if (asked.path === '/passkey/verify-registration' && response.status === 500) return wrongPasskeyAnswer()
    if (asked.path === '/change-password' && response.ok) await passwordChanged(request, asked)
    if (asked.path === signUp && response.ok && asked.email !== undefined)
      return withCookie(response, serializeCookie(signedUpCookie, signedUpBefore.wordFor(asked.email)))
    if (way === undefined) return response
    if (await isUnconfirmed(asked, response)) {
      tellFailed(asked, way)
      return wrongPasswordAnswer()
    }
    const [begun] = asked.begun
    const user = begun?.[1] ?? before?.userId
    if (asked.path === '/two-factor/verify-totp' && response.ok && user && asked.code !== undefined) {
      const isGood = await codes.spend(user, asked.code)
      if (!isGood && !before && begun) {
        await tables.end(begun[0])
        asked.begun.clear()
        tellFailed(asked, way)
        return Response.json({ code: 'INVALID_CODE', message: 'Invalid code' }, { status: 401 })
      }
    }
    if (before) return response
    if (begun) return tellSignedIn(asked, way, response)
    const isRefused = response.status >= 400 || (way === 'oidc' && isErrorRedirect(response))
    if (isRefused && !(await isMalformedTry(response))) tellFailed(asked, way)
    return response
  }

  /**
   * Whoever comes here has shown who they are. Looked at once the session is there: a suspension of before is
   * seen here, and one of after ends the session.
   */
  async function refuseSuspended(asked: Asking): Promise<Response | undefined> {
    const [begun] = asked.begun
    const suspension = begun && (await rules.suspensionOf(begun[1]))
    if (!suspension) return undefined
    await tables.end(begun[0])
    asked.begun.clear()
    const way = wayOf(asked.path)
    if (way !== undefined) tellFailed(asked, way)
    return way === 'oidc' ? toErrorPage(publicUrl, 'ACCOUNT_SUSPENDED') : suspendedAnswer(suspension)
  }

  async function withSecondFactor(ids: readonly UserId[]): Promise<Set<UserId>> {
    return tables.withSecondFactor(ids, { passkeys: (await rules.ways()).has('passkey') })
  }

  async function passwordChanged({ headers }: Request, { endOthers }: Asking): Promise<void> {
    const session = await authenticate(headers)
    if (!session) return
    if (endOthers) await endAllBut(session)
    await mailNewPassword(session.userId)
  }

  async function endAllBut({ userId: id, sessionId: kept }: Pick<Session, 'userId' | 'sessionId'>) {
    for (const session of await tables.ofUser(id)) if (session.sessionId !== kept) await end(session)
  }

  return {
    verify,
    authenticate,
    providers: providers.map(({ id, name }) => ({ id, name })),

    async handle(request, { peer } = {}) {
      const path = new URL(request.url).pathname.slice(authPath.length)
      if (!isOpen(path, await rules.ways()))
        return Response.json({ code: 'NOT_FOUND', message: 'Not found' }, { status: 404 })
      // Who asks first waits for it: by that time nothing is to be told either.
      await loaded()
      const startedAt = performance.now()
      const { headers } = request
      const from = {
        path,
        peer,
        userAgent: headers.get('user-agent') ?? undefined,
        deviceCookie: cookieValue(headers.get('cookie') ?? '', deviceCookie.name),
        signedUpCookie: cookieValue(headers.get('cookie') ?? '', signedUpCookie.name),
      }
      return whileAsking(from, async (asked) => {
        await prepareProvider(request, path)
        try {
          const authenticated = () => authenticate(headers)
          return await answerTelling(asked, authenticated, () => answer(request, asked))
        } finally {
          for (const work of asked.later) later.run(work)
          if (heldBackPaths.has(path)) await heldBack(startedAt, heldBackMs)
        }
      })
    },

    living: tables.living,

    async secondFactorOf(headers) {
      const signed = cookieValue(headers.get('cookie') ?? '', cookies.secondFactor)
      const begun = signed === undefined ? undefined : openSignedToken(signed, secret)
      if (!begun) return undefined
      const { context } = await loaded()
      const found = await context.internalAdapter.findVerificationValue(begun)
      return found ? userId.parse(found.value) : undefined
    },

    async emailOf(id) {
      return (await tables.account(id))?.email
    },
    emailsOf: tables.emailsOf,
    async findByEmail({ prefix, cursor, limit }) {
      const found = await tables.withAddress(prefix.toLowerCase(), { after: cursor ?? '', limit: limit + 1 })
      const items = found.slice(0, limit)
      const next = found.length > limit ? (items.at(-1)?.email ?? null) : null
      return { items: items.map(({ id }) => id), next }
    },
    async userOf(email) {
      return tables.userOf(email.toLowerCase())
    },

    async sessions(id) {
      return tables.records(id, clock.now())
    },

    withSessions: tables.withSessions,

    account: (id) => readAccountRecord(statements, id),

    async endSession({ userId: id, sessionId: one }) {
      const session = await tables.byId(one)
      return session?.userId === id && (await end(session))
    },

    endOtherSessions: endAllBut,

    async confirm(id, proof) {
      const email = (await tables.account(id))?.email
      if (email === undefined) return false
      const { auth, context, isRefusal } = await loaded()
      if ('password' in proof) {
        const { internalAdapter, password } = context
        const linked = await internalAdapter.findAccounts(id)
        const hash = linked.find(({ providerId }) => providerId === 'credential')?.password
        return typeof hash === 'string' && password.verify({ hash, password: proof.password })
      }
      const body = { email, type: 'sign-in' as const, otp: proof.code }
      const isGood = await auth.api.checkVerificationOTP({ body }).then(
        () => true,
        (cause: unknown) => {
          if (isRefusal(cause)) return false
          throw cause
        },
      )
      if (isGood) await tables.eraseCodes(email)
      return isGood
    },

    async endSessions(id, { noted } = {}) {
      tellEnded(await tables.endAll(id, noted))
    },

    withSecondFactor,
    withTwoFactors: (ids) => tables.withTwoFactors(ids),

    async removeSecondFactor(id, { by, noted }) {
      if (!(await tables.eraseSecondFactor(id, noted))) return false
      await mailNoSecondFactor(id, by)
      return true
    },

    async erase(id) {
      tellEnded(await tables.erase(id))
    },

    /** Resolves when the mails and the like that were begun beside answers are done. */
    settled: () => later.settled(),
    onSessionEnded: (listener) => ended.add(listener),
    onSignedIn: (listener) => signedIn.add(listener),
    onSignInFailed: (listener) => failed.add(listener),
    onCredentialChanged: (listener) => changed.add(listener),

    async [Symbol.asyncDispose]() {
      await stopPruning()
      await use.stop()
      await later.settled()
      for (const listeners of [ended, signedIn, failed, changed]) listeners.clear()
    },
  }

  async function prepare(provider: string): Promise<void> {
    await (await loaded()).oidc.prepare(provider)
  }

  /** A provider is looked for when somebody comes to use it. */
  async function prepareProvider(request: Request, path: string): Promise<void> {
    if (path.startsWith('/callback/')) return prepare(path.slice('/callback/'.length))
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
      await prepare(body.provider)
    }
  }
}

/** A signing key of before keys had an end is given one. */
async function limitKeys(statements: Statements, now: number): Promise<void> {
  await statements.change('UPDATE auth_jwks SET "expiresAt" = ?1 WHERE "expiresAt" IS NULL', [
    iso(now + keyLifeMs),
  ])
}
