import { Refusal } from '@confab/protocol/refusal'
import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Identity, Session } from '../../ports/identity.ts'

/** What a handler behind `signedIn` finds in its context. */
export interface SignedInEnv {
  Variables: { session: Session }
}

/** A middleware: lets only those pass who are signed in, by bearer token or by cookie. */
export function signedIn({
  identity,
  trustedOrigins,
}: {
  identity: Pick<Identity, 'authenticate'>
  trustedOrigins: readonly string[]
}): MiddlewareHandler<SignedInEnv> {
  return createMiddleware<SignedInEnv>(async (c, next) => {
    const session = await identity.authenticate(c.req.raw.headers)
    if (!session) throw new Refusal('unauthenticated')
    if (!c.req.header('authorization') && isForeignWrite(c.req.raw, trustedOrigins)) {
      throw new Refusal('forbidden', { detail: 'To write with a cookie, send the Origin of a page that may' })
    }
    c.set('session', session)
    await next()
  })
}

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
