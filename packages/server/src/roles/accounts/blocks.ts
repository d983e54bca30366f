import { userId } from '@confab/protocol/ids'
import { createRoute, z } from '@hono/zod-openapi'
import { blockUser } from '../../domain/people/block-user.ts'
import { createRoutes } from '../http/api.ts'
import { problemAnswers } from '../http/schemas.ts'
import type { People } from './door.ts'

const description =
  'Between the two nothing new is said in their direct conversation, and neither sees the other’s presence. ' +
  'Who is blocked can’t begin one, nor add the other to a group or channel. Whom one blocks is in `Me.blocks`.'

export function blockRoutes({ domain, door }: People) {
  const routes = createRoutes()
  const common = {
    ...door,
    tags: ['Me'],
    path: '/api/v1/me/blocks/{userId}',
    request: { params: z.object({ userId }) },
  }

  const block = createRoute({
    ...common,
    method: 'put',
    summary: 'Block a person',
    description,
    responses: {
      204: { description: 'Blocked' },
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden', 'not_found', 'conflict', 'overloaded'),
    },
  })
  routes.openapi(block, async (c) => {
    const { session } = c.var
    await blockUser(domain, { actorId: session.userId, userId: c.req.valid('param').userId, on: true })
    return c.body(null, 204)
  })

  const unblock = createRoute({
    ...common,
    method: 'delete',
    summary: 'Block a person no longer',
    responses: {
      204: { description: 'Not blocked' },
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden', 'not_found', 'overloaded'),
    },
  })
  routes.openapi(unblock, async (c) => {
    const { session } = c.var
    await blockUser(domain, { actorId: session.userId, userId: c.req.valid('param').userId, on: false })
    return c.body(null, 204)
  })

  return routes
}
