import { userId } from '@confab/protocol/ids'
import { storableText } from '@confab/protocol/text'
import { user } from '@confab/protocol/user'
import { createRoute, z } from '@hono/zod-openapi'
import { findUser, findUsers, searchUsers } from '../../domain/people/find-users.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, listOf, listQuery, problemAnswers, queryIds } from '../http/schemas.ts'
import type { People } from './door.ts'

const tags = ['Users']
const queryCodePointsMax = 100

export function userRoutes({ domain, door }: People) {
  const routes = createRoutes()

  const list = createRoute({
    ...door,
    tags,
    method: 'get',
    path: '/api/v1/users',
    summary: 'The directory: by the beginning of a name or handle, or by ids',
    request: {
      query: listQuery.extend({
        query: storableText(queryCodePointsMax).default(''),
        ids: queryIds(userId).optional(),
      }),
    },
    responses: {
      200: jsonAnswer('A page of people; of the ids, those who are users', listOf(user)),
      ...problemAnswers('invalid', 'unauthenticated'),
    },
  })
  routes.openapi(list, async (c) => {
    const { ids, ...page } = c.req.valid('query')
    const found = ids ? { items: await findUsers(domain, ids), next: null } : await searchUsers(domain, page)
    return c.json(found, 200)
  })

  const read = createRoute({
    ...door,
    tags,
    method: 'get',
    path: '/api/v1/users/{id}',
    summary: 'One person',
    request: { params: z.object({ id: userId }) },
    responses: { 200: jsonAnswer('The person', user), ...problemAnswers('unauthenticated', 'not_found') },
  })
  routes.openapi(read, async (c) => c.json(await findUser(domain, c.req.valid('param').id), 200))

  return routes
}
