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
      throw new Refusal('forbidden', { detail: 'Pages of this origin may not act with a cookie' })
    }
    c.set('session', session)
    await next()
  })
}

/**
 * A write that a page of a foreign origin sends along with the user's cookie. A browser names the page's
 * origin with every write; who names neither origin nor site is no browser, and has its cookie by right.
 */
function isForeignWrite({ method, headers }: Request, trustedOrigins: readonly string[]): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  const origin = headers.get('origin')
  if (origin !== null) return !trustedOrigins.includes(origin)
  const site = headers.get('sec-fetch-site')
  return site === 'cross-site' || site === 'same-site'
}
