import { requests } from '@confab/protocol/requests'
import { me } from '@confab/protocol/user'
import { createRoute, z } from '@hono/zod-openapi'
import { eraseMe, requireFresh } from '../../domain/people/erase-me.ts'
import { accessMe } from '../../domain/people/find-me.ts'
import { updateProfile } from '../../domain/people/update-profile.ts'
import { actingFrom } from '../../domain/security/act.ts'
import type { OnLocked } from '../../domain/security/guess-once.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, jsonBody, problemAnswers } from '../http/schemas.ts'
import type { People } from './door.ts'

const tags = ['Me']
const path = '/api/v1/me'
/** That it is really them: one of the two. */
const proof = z.object({ password: z.string().max(256).optional(), code: z.string().max(16).optional() })

export function meRoutes({ domain, door, onLocked }: People & { onLocked: OnLocked }) {
  const routes = createRoutes()

  const read = createRoute({
    ...door,
    tags,
    method: 'get',
    path,
    summary: 'Oneself, with what only oneself sees',
    responses: { 200: jsonAnswer('Oneself', me), ...problemAnswers('unauthenticated') },
  })
  routes.openapi(read, async (c) => c.json(await accessMe(domain, c.var.session.userId), 200))

  const change = createRoute({
    ...door,
    tags,
    method: 'patch',
    path,
    summary: 'Change what is given of one’s own profile',
    request: jsonBody(requests(domain.limits).profileChange),
    responses: {
      200: jsonAnswer('Oneself, as changed', me),
      ...problemAnswers('invalid', 'unauthenticated', 'conflict', 'overloaded'),
    },
  })
  routes.openapi(change, async (c) =>
    c.json(await updateProfile(domain, c.var.session.userId, c.req.valid('json')), 200),
  )

  const erase = createRoute({
    ...door,
    tags,
    method: 'delete',
    path,
    summary: 'Erase oneself',
    description:
      'Personal data is erased and every session ends; others keep a readable history. Who has not signed in within the last ten minutes confirms with their password, or with a code that they have had sent as for a sign-in.',
    request: { body: { required: false, content: { 'application/json': { schema: proof } } } },
    responses: {
      204: { description: 'Erased' },
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden', 'rate_limited', 'overloaded'),
    },
  })
  routes.openapi(erase, async (c) => {
    const { password, code } = c.req.valid('json')
    const given = password !== undefined ? { password } : code !== undefined ? { code } : undefined
    const { session, address } = c.var
    await requireFresh({ ...domain, onLocked }, { ...session, address }, given)
    await eraseMe(actingFrom(domain, c.var), session.userId)
    return c.body(null, 204)
  })

  return routes
}
