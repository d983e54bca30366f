import type { UserId } from '@confab/protocol/ids'
import { Refusal, type RefusalCode } from '@confab/protocol/refusal'
import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { Identity, Session } from '../../ports/identity.ts'
import { limitOfRoute } from './limits-of-routes.ts'
import type { Counted, RequestLimits } from './rate-headers.ts'

/** What a handler behind `signedIn` finds in its context. */
export interface SignedInEnv {
  Variables: { session: Session; userId: UserId; counted: Counted }
}

/**
 * A middleware: lets only those pass who are signed in, by bearer token or by cookie, as often as they may.
 */
export function signedIn({
  identity,
  trustedOrigins,
  limits,
  heldBack,
}: {
  identity: Pick<Identity, 'authenticate'>
  trustedOrigins: readonly string[]
  /** Undefined where nothing is limited. */
  limits: RequestLimits | undefined
  /** What somebody must do before they go on, if there is anything. */
  heldBack?: ((session: Session) => Promise<RefusalCode | undefined>) | undefined
}): MiddlewareHandler<SignedInEnv> {
  return createMiddleware<SignedInEnv>(async (c, next) => {
    const session = await identity.authenticate(c.req.raw.headers)
    if (!session) throw new Refusal('unauthenticated')
    if (!c.req.header('authorization') && isForeignWrite(c.req.raw, trustedOrigins)) {
      throw new Refusal('forbidden', { detail: 'To write with a cookie, send the Origin of a page that may' })
    }
    c.set('session', session)
    c.set('userId', session.userId)
    const { limit, counted } = limitOfRoute(c.req.method, routePath(c))
    c.set('counted', { limit, of: session.userId })
    if (counted === 'here') await limits?.take(limit, session.userId)
    const held = await heldBack?.(session)
    if (held && !(held === 'consent_needed' && isOwn(c.req.path))) throw new Refusal(held)
    await next()
  })
}

/** To see, take along and erase what is kept of oneself asks for nobody's consent. */
const isOwn = (path: string): boolean => path === ownPath || path.startsWith(`${ownPath}/`)
const ownPath = '/api/v1/me'

/**
 * A write that comes with the user's cookie and from no page of ours. A browser names the page's origin
 * with every write; without one nobody can say on whose behalf the cookie was sent, so who isn't a
 * browser uses a bearer token.
 */
function isForeignWrite({ method, headers }: Request, trustedOrigins: readonly string[]): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  const origin = headers.get('origin')
  return origin === null || !trustedOrigins.includes(origin)
}

/**
 * Whether a GET is meant by the person: by a bearer token, or by the cookie from a page of ours or from
 * nowhere. A link on another's page sends the cookie too. Browsers say where it came from over https and on
 * this machine (Fetch Metadata); where none says so, nobody can tell.
 */
export function isMeant({ headers }: Request, trustedOrigins: readonly string[]): boolean {
  if (headers.has('authorization')) return true
  const origin = headers.get('origin')
  if (origin !== null) return trustedOrigins.includes(origin)
  return ['same-origin', 'none'].includes(headers.get('sec-fetch-site') ?? '')
}
