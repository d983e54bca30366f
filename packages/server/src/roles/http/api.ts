import { isUtf8 } from 'node:buffer'
import type { UserId } from '@confab/protocol/ids'
import { Refusal, type RefusalCode } from '@confab/protocol/refusal'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { HTTPException } from 'hono/http-exception'
import { routePath } from 'hono/route'
import { clientAddress, type IpNetworks } from '../../lib/ip-networks.ts'
import type { Report } from '../../lib/report.ts'
import {
  errorsMax,
  internalErrorResponse,
  invalidInput,
  problemResponse,
  wrongMethodResponse,
} from './problem.ts'
import { type Counted, type RequestLimits, tellRate } from './rate-headers.ts'

/** What every handler finds in its context. */
export interface HttpEnv {
  Variables: {
    /** The address at the other end of the connection; undefined where there is no connection. */
    peer: string | undefined
    /** Where the request came from, as far as trusted proxies tell: what limits and logs count by. */
    address: string | undefined
    /** Undefined until a door has said what the request counts to. */
    counted: Counted | undefined
    /** Undefined until a door has looked for a session and found one. */
    userId: UserId | undefined
  }
}

interface Refused {
  code: RefusalCode
  /** The operation, with the names of its ids in the place of the ids. */
  door: string
  userId: UserId | undefined
  address: string | undefined
}

const bodyBytesMax = 1024 * 1024
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/**
 * The app that the roles' routes are mounted on: `api.route('/', chatRole(…))`. It answers every refusal,
 * wrong input, unknown path and failure as a problem document, bounds bodies at 1 MiB, and lets pages of
 * the trusted origins call.
 */
export function createApi({
  peerAddress,
  trustedProxies,
  report,
  trustedOrigins,
  limits,
  tellRefused,
}: {
  peerAddress: (request: Request) => string | undefined
  trustedProxies: IpNetworks
  report: Report
  trustedOrigins: readonly string[]
  /** Undefined where nothing is limited. */
  limits: RequestLimits | undefined
  /** Told of each refusal to who brings a word of who they are. */
  tellRefused?: (refused: Refused) => void
}): OpenAPIHono<HttpEnv> {
  const api = createRoutes()

  api.use('*', async (c, next) => {
    const peer = peerAddress(c.req.raw)
    c.set('peer', peer)
    c.set('address', clientAddress(peer, c.req.header('x-forwarded-for') ?? null, trustedProxies))
    await next()
    if (limits) await tellRate(c, limits, c.var.counted ?? { limit: 'requests', of: c.var.address })
    c.header('X-Content-Type-Options', 'nosniff')
    if (c.req.path.startsWith('/api/') && !c.res.headers.has('Cache-Control'))
      c.header('Cache-Control', 'no-store')
  })
  api.use(
    '/api/*',
    cors({
      origin: (origin) => (trustedOrigins.includes(origin) ? origin : null),
      allowMethods: methods,
      allowHeaders: ['Authorization', 'Content-Type'],
      exposeHeaders: ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'set-auth-token'],
      credentials: true,
      maxAge: 600,
    }),
    bodyLimit({
      maxSize: bodyBytesMax,
      onError: () => {
        throw new Refusal('too_large', { detail: `A request's body has at most ${bodyBytesMax} bytes` })
      },
    }),
  )

  api.use('*', async (c, next) => {
    await limits?.take('requests', c.var.address)
    await next()
  })

  api.use('/api/v1/*', async (c, next) => {
    refuseRepeats(new URL(c.req.url).searchParams)
    // The framework takes it for no body at all, and a change would be ignored.
    if (c.req.raw.body !== null && !c.req.header('content-type')) throw invalidBody(otherType(undefined))
    // Decoding would put U+FFFD for each wrong byte, and a text is stored as it was sent or not at all.
    if (/json/i.test(c.req.header('content-type') ?? '') && !isUtf8(await c.req.arrayBuffer())) {
      throw invalidBody('The body is not well-formed UTF-8')
    }
    await next()
  })

  api.notFound((c) => {
    const allowed = methods.filter((method) => answers(api, method, c.req.path))
    return allowed.length > 0 ? wrongMethodResponse(allowed) : problemResponse(new Refusal('not_found'))
  })

  api.onError((error, c) => {
    if (error instanceof Refusal) {
      tellOf(error, c)
      return problemResponse(error)
    }
    if (error instanceof HTTPException && error.status < 500) return problemResponse(ofException(error, c))
    report(`${c.req.method} ${c.req.path} failed`, error)
    return internalErrorResponse()
  })

  /** Who brings no word of who they are wants in, or has come to the wrong door: that is no news. */
  function tellOf({ code }: Refusal, c: Context<HttpEnv>): void {
    const { userId, address } = c.var
    const claims = c.req.header('authorization') !== undefined || c.req.header('cookie') !== undefined
    if (userId || claims) tellRefused?.({ code, door: `${c.req.method} ${routePath(c)}`, userId, address })
  }

  return api
}

/**
 * A role's routes, to be mounted on the api. Input that a route's schema refuses is thrown as `invalid`;
 * an id in the path that can't be one names nothing, and so is `not_found`.
 */
export function createRoutes(): OpenAPIHono<HttpEnv> {
  return new OpenAPIHono<HttpEnv>({
    defaultHook: (result) => {
      if (result.success) return
      throw result.target === 'param' ? new Refusal('not_found') : invalidInput(result.error)
    },
  })
}

/** What the framework refuses by itself: a body that is no JSON, or that doesn't say that it is. */
function ofException({ status }: HTTPException, c: Context): Refusal {
  if (status === 413) return new Refusal('too_large')
  const detail = status === 415 ? otherType(c.req.header('content-type')) : 'The body is not well-formed JSON'
  return invalidBody(detail)
}

/** Of two values one door would take the first, another the last, and a proxy's filter perhaps neither. */
function refuseRepeats(query: URLSearchParams): void {
  const names = [...query.keys()]
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index))
  if (repeated.size === 0) return
  const errors = [...repeated].slice(0, errorsMax).map((path) => ({ path, message: 'was given twice' }))
  throw new Refusal('invalid', { detail: 'A part of the query was given twice', errors })
}

const otherType = (type: string | undefined) =>
  `Send application/json, not ${type ?? 'a body without a type'}`

const invalidBody = (detail: string) =>
  new Refusal('invalid', { detail, errors: [{ path: '', message: detail }] })

/** Whether a route, and not a mere middleware, answers a method at a path. */
function answers(api: OpenAPIHono<HttpEnv>, method: string, path: string): boolean {
  return api.router.match(method, path)[0].some(([[, route]]) => route.method === method)
}
