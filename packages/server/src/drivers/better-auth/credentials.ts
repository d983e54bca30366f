import type { Clock } from '../../lib/clock.ts'
import type { Identity, Session } from '../../ports/identity.ts'
import type { jsonWebTokens } from './json-web-tokens.ts'
import type { sessionTokens } from './session-tokens.ts'
import type { KeptSession, SessionTables } from './sessions.ts'
import { cookieValue, openSignedToken, signToken } from './signed-token.ts'

const tokenCharsMax = 8_192
/** What a token is made of; PostgreSQL would fail over a NUL. */
const isPrintable = /^[\x21-\x7e]*$/

/** Who a request comes from: a session token, bare or signed, a cookie, or a JWT. */
export function credentials({
  tables,
  tokens,
  jwts,
  secret,
  cookieName,
  clock,
  used,
  end,
}: {
  tables: SessionTables
  tokens: ReturnType<typeof sessionTokens>
  jwts: ReturnType<typeof jsonWebTokens>
  secret: string
  cookieName: string
  clock: Pick<Clock, 'now'>
  /** Notes that a session was used. */
  used(session: KeptSession): Session
  end(session: Session | undefined): Promise<unknown>
}) {
  const isOver = ({ expiresAt }: Session): boolean => expiresAt <= clock.now()
  const alive = (session: KeptSession | undefined): Session | undefined =>
    session && !isOver(session) ? used(session) : undefined

  /** The token that took an old one's place. Who brings one after its minute stole it, or was stolen from. */
  async function replacementOf(token: string): Promise<string | undefined> {
    const old = await tokens.old(token)
    if (old && 'betrayed' in old) await end(await tables.byId(old.betrayed))
    return old && 'current' in old ? old.current : undefined
  }

  async function ofToken(token: string): Promise<Session | undefined> {
    const session = await tables.byToken(token)
    if (session) return alive(session)
    const current = await replacementOf(token)
    return current === undefined ? undefined : alive(await tables.byToken(current))
  }

  async function ofSigned(signed: string): Promise<Session | undefined> {
    const token = openSignedToken(signed, secret)
    return token === undefined ? undefined : ofToken(token)
  }

  const verify: Identity['verify'] = async (token) => {
    if (token.length > tokenCharsMax || !isPrintable.test(token)) return undefined
    switch (token.split('.').length) {
      case 1:
        return ofToken(token)
      case 2:
        return ofSigned(token)
      case 3: {
        const claims = await jwts.verify(token)
        const session = claims && (await tables.byId(claims.sid))
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
  async function withCurrentToken(request: Request): Promise<Request> {
    const authorization = request.headers.get('authorization')
    const cookies = request.headers.get('cookie') ?? ''
    const said = authorization === null ? cookieValue(cookies, cookieName) : bearerToken(authorization)
    if (said === undefined || said.length > tokenCharsMax) return request
    const isBare = !said.includes('.')
    const token = isBare && authorization !== null ? said : openSignedToken(said, secret)
    const session = token === undefined ? undefined : await tables.byToken(token)
    // Better-auth knows of the last use alone, and would let in whoever came each week.
    if (session && isOver(session)) await end(session)
    const isOld = token !== undefined && !session
    const current = isOld ? await replacementOf(token) : undefined
    if (current === undefined) return request
    const headers = new Headers(request.headers)
    if (authorization !== null) headers.set('authorization', `Bearer ${current}`)
    else
      headers.set(
        'cookie',
        cookies.replace(said, () => signToken(current, secret)),
      )
    return new Request(request, { headers })
  }

  return { verify, authenticate, withCurrentToken }
}

const bearerToken = (authorization: string): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
