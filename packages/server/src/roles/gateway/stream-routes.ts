import { connectionId } from '@confab/protocol/ids'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { createRoutes, type HttpEnv } from '../http/api.ts'
import { jsonAnswer, jsonBody, problemAnswers } from '../http/schemas.ts'
import { signedIn } from '../http/signed-in.ts'
import type { Gateway } from './gateway.ts'

const tags = ['Where WebSockets are blocked']

/** A frame, and the stream that it belongs to. What is wrong in it is answered as a frame would be. */
const streamCall = z.looseObject({ connectionId })
const reply = z.looseObject({ id: z.union([z.string(), z.number(), z.null()]) })

export type StreamRoutesOptions = Parameters<typeof signedIn>[0] & {
  gateway: Pick<Gateway, 'openStream' | 'call'>
}

/** The way round blocked WebSockets: pushes as server-sent events, and each call as a request. */
export function streamRoutes({ gateway, ...who }: StreamRoutesOptions): OpenAPIHono<HttpEnv> {
  const routes = createRoutes()
  const door = {
    middleware: signedIn(who),
    security: [{ bearer: [] }, { cookie: [] }],
  }

  const stream = createRoute({
    ...door,
    tags,
    method: 'get',
    path: '/api/v1/stream',
    summary: 'The frames of a socket, as server-sent events',
    description:
      'Each event’s `data` is a frame; the first is `hello`, whose `connectionId` belongs into every call. An event `close` with `{ code, reason }` ends it as a socket’s close would. A stream whose client has called nothing for 30 s ends: call `ping`.',
    responses: {
      200: { description: 'The stream', content: { 'text/event-stream': { schema: z.string() } } },
      ...problemAnswers('unauthenticated', 'overloaded'),
    },
  })
  routes.openapi(stream, (c) =>
    c.body(gateway.openStream(c.var.session, c.var), 200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // So that a proxy passes each event on as it comes.
      'X-Accel-Buffering': 'no',
    }),
  )

  const call = createRoute({
    ...door,
    tags,
    method: 'post',
    path: '/api/v1/call',
    summary: 'A call on a stream, answered as a frame would be',
    request: jsonBody(streamCall),
    responses: {
      200: jsonAnswer('The reply: a result, or an error as a socket tells it', reply),
      204: { description: 'Nothing, to a notification' },
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden', 'not_found', 'too_large'),
      ...problemAnswers('rate_limited', 'overloaded'),
    },
  })
  routes.openapi(call, async (c) => {
    const { connectionId: id, ...frame } = c.req.valid('json')
    const answer = await gateway.call(c.var.session, id, frame)
    return answer === undefined
      ? c.body(null, 204)
      : c.body(answer, 200, { 'Content-Type': 'application/json' })
  })

  return routes
}
