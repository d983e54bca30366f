import { Refusal } from '@confab/protocol/refusal'
import { isRecent } from '../../domain/accounts/recent-sign-in.ts'
import type { secondFactorAsked } from '../../domain/accounts/second-factor.ts'
import type { Limiter } from '../../domain/limits/limiter.ts'
import type { OnLocked } from '../../domain/security/guess-once.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Identity, Session } from '../../ports/identity.ts'
import { createRoutes } from '../http/api.ts'
import { wrongMethodResponse } from '../http/problem.ts'
import { countTries } from './count-tries.ts'
import { countedPaths } from './counted-paths.ts'
import { authOperations } from './describe-auth.ts'
import { providerReturnPath } from './describe-ways-in.ts'
import { recentPaths, setUpPaths } from './recent-paths.ts'

const emailCharsMax = 254
const providerReturn = /^\/api\/auth\/callback\/[^/]+$/

/**
 * `/api/auth/…`: the identity's own routes and answers. Here they are counted,
 * and their bodies seen to be JSON.
 */
export function authRoutes({
  identity,
  limiter,
  trustedOrigins,
  clock,
  onLocked,
  factorAsked,
}: {
  identity: Pick<Identity, 'handle' | 'authenticate' | 'emailOf' | 'secondFactorOf' | 'sessions'>
  /** Undefined where nothing is limited. */
  limiter: Limiter | undefined
  /** Origins whose pages may sign people in. */
  trustedOrigins: readonly string[]
  clock: Pick<Clock, 'now'>
  onLocked: OnLocked
  /** What somebody owes as long as a second factor is required of them. */
  factorAsked: (session: Session) => ReturnType<typeof secondFactorAsked>
}) {
  const count: ReturnType<typeof countTries> = limiter
    ? countTries({ identity, limiter, onLocked })
    : (_, handle) => handle()
  const routes = createRoutes()

  const methods = new Map<string, string>()
  for (const one of authOperations) {
    routes.openAPIRegistry.registerPath(one)
    methods.set(one.path, one.method.toUpperCase())
  }

  routes.all('/api/auth/*', async (c) => {
    const method = c.req.method === 'HEAD' ? 'GET' : c.req.method
    const known = methods.get(c.req.path.replace(providerReturn, providerReturnPath))
    if (known !== undefined && method !== known) return wrongMethodResponse([known])
    if (isForeign(c.req.raw, trustedOrigins)) return foreignAnswer()
    const { body, email } = await readBody(c.req.raw)
    const { url, headers } = c.req.raw
    const { address } = c.var
    const handle = () => identity.handle(new Request(url, { method, headers, body }), { peer: address })
    const path = c.req.path
    if (recentPaths.has(path)) {
      const session = await identity.authenticate(headers)
      if (session && !(await isRecent({ identity, clock }, session))) return notRecentAnswer()
      const owed = session && (await factorAsked(session))
      if (owed === 'show' || (owed && !setUpPaths.has(path))) return secondFactorAnswer()
    }
    // Of no limit by mail address: how that stands would tell a stranger what becomes of somebody's mails.
    if (countedPaths[path]) c.set('counted', { limit: 'sign-ins', of: address })
    return count({ path, headers, email, address }, handle)
  })

  return routes
}

/**
 * A write of a page that isn't ours. better-auth looks at the origin where a cookie comes along; without one
 * a foreign page could still sign somebody in to an account that isn't theirs.
 * Who is no browser names no origin.
 */
function isForeign({ method, headers }: Request, trustedOrigins: readonly string[]): boolean {
  const origin = headers.get('origin')
  const isRead = method === 'GET' || method === 'HEAD'
  return !isRead && origin !== null && !headers.has('authorization') && !trustedOrigins.includes(origin)
}

const notRecentAnswer = () =>
  Response.json({ code: 'SESSION_NOT_FRESH', message: 'Sign in again to do this' }, { status: 403 })

const secondFactorAnswer = () =>
  Response.json(
    { code: 'SECOND_FACTOR_NEEDED', message: 'Sign in with a second factor first' },
    { status: 403 },
  )

const foreignAnswer = () =>
  Response.json({ code: 'INVALID_ORIGIN', message: 'Invalid origin' }, { status: 403 })

/** A body that is there must be JSON. Its `email`, if it can be an address, names the bucket. */
async function readBody(request: Request): Promise<{ body: string | null; email: string | undefined }> {
  const text = request.body === null ? '' : await request.text()
  if (text === '') return { body: emptyBody(request), email: undefined }
  const parsed = isJson(request) ? parseJson(text) : undefined
  if (!parsed) {
    const message = isJson(request) ? 'The body is not well-formed JSON' : 'Send application/json'
    throw new Refusal('invalid', { detail: message, errors: [{ path: '', message }] })
  }
  return { body: text, email: emailIn(parsed.value)?.toLowerCase() }
}

const isJson = ({ headers }: Request) => /^application\/json\b/i.test(headers.get('content-type') ?? '')

/** Some clients say "JSON" and send nothing, where nothing is needed. */
const emptyBody = ({ method, headers }: Request): string | null =>
  method === 'POST' && headers.has('content-type') ? '{}' : null

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

function emailIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('email' in body)) return undefined
  const { email } = body
  return typeof email === 'string' && email.length <= emailCharsMax ? email : undefined
}
