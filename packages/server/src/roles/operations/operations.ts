import type { Limits } from '@confab/protocol/limits'
import { Refusal } from '@confab/protocol/refusal'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { isPassedOn } from '../../lib/forwarding.ts'
import { createRoutes, type HttpEnv } from '../http/api.ts'
import { describeApi } from './describe-api.ts'
import { describeSocket } from './describe-socket.ts'
import { docsPage, docsPolicy } from './docs-page.ts'

export interface OperationsOptions {
  /** The api that is described: all that is mounted on it by the time of the first question. */
  api: OpenAPIHono<HttpEnv>
  limits: Limits
  publicUrl: string
  /** The name of the cookie that holds a session. */
  sessionCookie: string
  /** What serving needs, by name: each rejects while it is down. */
  checks: Record<string, () => Promise<unknown>>
  /** What can be done without for a while: named while it is down, and the rest is served all the same. */
  lesserChecks?: Record<string, () => Promise<unknown>>
  /** What a gateway follows while nodes can't tell each other; undefined while they can. */
  follows?: () => string | undefined
  answerMetrics: () => Promise<Response>
}

/** A check that hasn't answered for so long counts as down: the asker gives up soon after. */
const checkWithinMs = 2_000

/** The doors for those who run the server and those who write clients. */
export function operationsRole({
  api,
  limits,
  publicUrl,
  sessionCookie,
  checks,
  lesserChecks = {},
  follows = () => undefined,
  answerMetrics,
}: OperationsOptions): OpenAPIHono<HttpEnv> {
  const routes = createRoutes()

  /** Made at the first question, not at the start. */
  let described: ReturnType<typeof describeApi> | undefined
  const describe = () => {
    described ??= describeApi({
      routes: api.openAPIRegistry.definitions.flatMap((one) => (one.type === 'route' ? [one.route] : [])),
      publicUrl,
      sessionCookie,
    })
    return described
  }

  routes.get('/healthz', (c) => c.json({ status: 'ok' }))
  routes.get('/readyz', async (c) => {
    const [down, missed] = await Promise.all([failing(checks), failing(lesserChecks)])
    const following = follows()
    const degraded = {
      ...(missed.length > 0 && { degraded: missed }),
      ...(following && { following }),
    }
    return down.length === 0
      ? c.json({ status: 'ok', down, ...degraded })
      : c.json({ status: 'down', down, ...degraded }, 503, { 'Retry-After': '1' })
  })
  // A proxy's rule may miss another spelling, such as `/x/../metrics`, which the runtime has resolved by now.
  routes.get('/metrics', (c) => {
    if (isPassedOn(c.req.raw.headers)) throw new Refusal('not_found')
    return answerMetrics()
  })
  routes.get('/openapi.json', (c) => c.json(describe()))
  routes.get('/asyncapi.json', (c) => c.json(describeSocket({ limits, publicUrl })))
  routes.get('/docs', (c) => {
    c.header('Content-Security-Policy', docsPolicy)
    c.header('Referrer-Policy', 'no-referrer')
    return c.html(docsPage(describe()))
  })
  return routes
}

async function failing(checks: OperationsOptions['checks']): Promise<string[]> {
  const names = Object.keys(checks)
  const works = await Promise.all(Object.values(checks).map((check) => answersInTime(check)))
  return names.filter((_, index) => !works[index])
}

/** False for a check that rejects or takes too long: why is in the log of whoever failed. */
async function answersInTime(check: () => Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, checkWithinMs, false)
  const answer = check().then(
    () => true,
    () => false,
  )
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}
