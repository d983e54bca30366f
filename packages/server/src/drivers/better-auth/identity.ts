import { sessionId, type UserId, userId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { getMigrations } from 'better-auth/db/migration'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { createListeners } from '../../lib/listeners.ts'
import type { Report } from '../../lib/report.ts'
import type { Identity, Session } from '../../ports/identity.ts'
import { type AuthSettings, createAuth, extendAfterMs, openPaths, sessionLifeMs } from './auth.ts'
import { jsonWebTokens } from './json-web-tokens.ts'
import { handleWish } from './new-profile.ts'
import { sessionTables } from './sessions.ts'
import { cookieValue, openSignedToken } from './signed-token.ts'

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
  settings: AuthSettings & { clock?: Clock; onUserCreated: (user: NewUser) => Promise<void> },
): Promise<Identity> {
  const { database, secret, report, clock = systemClock, onUserCreated } = settings
  const ended = createListeners<Pick<Session, 'userId' | 'sessionId'>>({ name: 'ended sessions', report })

  const unsent = new WeakSet<Request>()

  const auth = createAuth(settings, {
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
    afterSession(session) {
      ended.tell({ userId: userId.parse(session.userId), sessionId: sessionId.parse(session.id) })
    },
    mailFailed(request, cause) {
      report('a mail with a sign-in code was not sent', cause)
      if (request) unsent.add(request)
    },
  })
  const { runMigrations } = await getMigrations(auth.options)
  await runMigrations()

  const tables = sessionTables(database)
  const tokens = jsonWebTokens(auth, clock)
  const { authCookies, baseURL } = await auth.$context
  const basePath = new URL(baseURL).pathname
  const cookieName = authCookies.sessionToken.name
  const use = keepUsed(tables, { clock, report })
  const stopPruning = pruneForEver(tables, { clock, report })

  const alive = (session: Session | undefined): Session | undefined =>
    session && session.expiresAt > clock.now() ? use.used(session) : undefined

  const ofSigned = (signed: string): Session | undefined => {
    const token = openSignedToken(signed, secret)
    return token === undefined ? undefined : alive(tables.byToken(token))
  }

  const verify: Identity['verify'] = async (token) => {
    if (token.length > tokenCharsMax) return undefined
    switch (token.split('.').length) {
      case 1:
        return alive(tables.byToken(token))
      case 2:
        return ofSigned(token)
      case 3: {
        const claims = await tokens.verify(token)
        const session = claims && tables.byId(claims.sid)
        return session?.userId === claims?.sub ? alive(session) : undefined
      }
      default:
        return undefined
    }
  }

  return {
    verify,

    async handle(request) {
      const path = new URL(request.url).pathname.slice(basePath.length)
      if (!openPaths.has(path))
        return Response.json({ code: 'NOT_FOUND', message: 'Not found' }, { status: 404 })
      const response = await auth.handler(request)
      if (unsent.has(request)) {
        throw new Refusal('overloaded', { detail: 'The mail could not be sent', retryAfterMs: retryMailMs })
      }
      return response
    },

    async authenticate(headers) {
      const authorization = headers.get('authorization')
      if (authorization !== null) {
        const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
        return token === undefined ? undefined : verify(token)
      }
      const signed = cookieValue(headers.get('cookie') ?? '', cookieName)
      return signed === undefined ? undefined : ofSigned(signed)
    },

    async living(ids) {
      return tables.living(ids)
    },

    async emailOf(id) {
      return tables.account(id)?.email
    },

    async erase(id) {
      for (const session of tables.erase(id)) ended.tell({ userId: id, sessionId: session.sessionId })
    },

    onSessionEnded: (listener) => ended.add(listener),

    async [Symbol.asyncDispose]() {
      stopPruning()
      use.stop()
      ended.clear()
    },
  }
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
