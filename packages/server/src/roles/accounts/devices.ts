import { deviceSession } from '@confab/protocol/device-session'
import { sessionId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { createRoute, z } from '@hono/zod-openapi'
import { isoTime } from '../../lib/clock.ts'
import type { Identity } from '../../ports/identity.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, problemAnswers } from '../http/schemas.ts'
import type { People } from './door.ts'

const tags = ['Me']
const path = '/api/v1/me/sessions'

/** One's own sessions, device by device. No token is told: a session is ended by its id. */
export function deviceRoutes({
  door,
  identity,
}: Pick<People, 'door'> & { identity: Pick<Identity, 'sessions' | 'endSession' | 'endOtherSessions'> }) {
  const routes = createRoutes()

  const list = createRoute({
    ...door,
    tags,
    method: 'get',
    path,
    summary: 'One’s own sessions, the latest used first',
    responses: {
      200: jsonAnswer('All of them', z.object({ items: z.array(deviceSession) })),
      ...problemAnswers('unauthenticated'),
    },
  })
  routes.openapi(list, async (c) => {
    const { userId, sessionId: current } = c.var.session
    const items = (await identity.sessions(userId)).map((one) => ({
      id: one.sessionId,
      current: one.sessionId === current,
      createdAt: isoTime(one.createdAt),
      lastUsedAt: isoTime(one.usedAt),
      network: one.network ?? null,
      userAgent: one.userAgent ?? null,
    }))
    return c.json({ items }, 200)
  })

  const endOthers = createRoute({
    ...door,
    tags,
    method: 'delete',
    path,
    summary: 'End every session but the one that asks',
    responses: { 204: { description: 'Ended' }, ...problemAnswers('unauthenticated') },
  })
  routes.openapi(endOthers, async (c) => {
    await identity.endOtherSessions(c.var.session)
    return c.body(null, 204)
  })

  const end = createRoute({
    ...door,
    tags,
    method: 'delete',
    path: `${path}/{id}`,
    summary: 'End one of one’s own sessions',
    description: 'Its sockets close within a second, and its tokens are refused.',
    request: { params: z.object({ id: sessionId }) },
    responses: { 204: { description: 'Ended' }, ...problemAnswers('unauthenticated', 'not_found') },
  })
  routes.openapi(end, async (c) => {
    const { id } = c.req.valid('param')
    const isEnded = await identity.endSession({ userId: c.var.session.userId, sessionId: id })
    if (!isEnded) throw new Refusal('not_found')
    return c.body(null, 204)
  })

  return routes
}
