import { retention } from '@confab/protocol/retention'
import { createRoute } from '@hono/zod-openapi'
import { changeRetention, readRetention } from '../../domain/retention/retention-setting.ts'
import { actingFrom } from '../../domain/security/act.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, jsonBody, problemAnswers } from '../http/schemas.ts'
import type { People } from './door.ts'

/** How long messages stay: told to everybody who is signed in, set by administrators. */
export function retentionRoutes({ domain, door }: People) {
  const routes = createRoutes()

  const read = createRoute({
    ...door,
    tags: ['Conversations'],
    method: 'get',
    path: '/api/v1/retention',
    summary: 'For how many days the server keeps messages at most',
    description: 'Null for ever. A conversation may keep them shorter: its `retentionDays`.',
    responses: { 200: jsonAnswer('As it is now', retention), ...problemAnswers('unauthenticated') },
  })
  routes.openapi(read, async (c) => c.json(await readRetention(domain), 200))

  const change = createRoute({
    ...door,
    tags: ['Administration'],
    method: 'put',
    path: '/api/v1/admin/retention',
    summary: 'Set for how many days the server keeps messages',
    description: 'What is older is deleted by a worker, as if its sender had: nothing brings it back.',
    request: jsonBody(retention),
    responses: {
      200: jsonAnswer('As changed', retention),
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden'),
    },
  })
  routes.openapi(change, async (c) =>
    c.json(await changeRetention(actingFrom(domain, c.var), c.var.session.userId, c.req.valid('json')), 200),
  )

  return routes
}
