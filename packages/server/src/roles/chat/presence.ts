import { userId } from '@confab/protocol/ids'
import { chosenStatus, presence } from '@confab/protocol/presence'
import { createRoute, z } from '@hono/zod-openapi'
import type { Heartbeats } from '../../domain/presence/heartbeats.ts'
import { look } from '../../domain/presence/shown.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, jsonBody, listOf, problemAnswers, queryIds } from '../http/schemas.ts'
import type { Chat } from './door.ts'
import { presencePath } from './paths.ts'

const tags = ['Presence']

export function presenceRoutes({ domain, door }: Chat, heartbeats: Heartbeats) {
  const routes = createRoutes()

  const find = createRoute({
    ...door,
    tags,
    method: 'get',
    path: presencePath,
    summary: 'How users are now; offline where one shares no conversation',
    request: { query: z.object({ userIds: queryIds(userId) }) },
    responses: {
      200: jsonAnswer('In the order of the ids', listOf(presence)),
      ...problemAnswers('invalid', 'unauthenticated'),
    },
  })
  routes.openapi(find, async (c) => {
    const items = await look(domain, c.var.session.userId, c.req.valid('query').userIds)
    return c.json({ items, next: null }, 200)
  })

  const beat = createRoute({
    ...door,
    tags,
    method: 'put',
    path: presencePath,
    summary: 'A heartbeat without a socket: good for 30 seconds',
    request: jsonBody(z.object({ status: chosenStatus })),
    responses: {
      204: { description: 'Noted' },
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden'),
    },
  })
  routes.openapi(beat, async (c) => {
    await heartbeats.beat(c.var.session.userId, c.req.valid('json').status)
    return c.body(null, 204)
  })

  return routes
}
