import { Refusal } from '@confab/protocol/refusal'
import { instant } from '@confab/protocol/user'
import { createRoute, z } from '@hono/zod-openapi'
import { listDeadLetters, settleDeadLetter } from '../../domain/mail/dead-letters.ts'
import { actingFrom } from '../../domain/security/act.ts'
import { isoTime } from '../../lib/clock.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, listOf, listQuery, problemAnswers } from '../http/schemas.ts'
import type { People } from './door.ts'

const deadLetter = z
  .object({
    id: z.string(),
    kind: z.string().openapi({ description: '`mail`, `export`, or a newer server’s' }),
    addedAt: instant,
    diedAt: instant,
    attempts: z.int(),
    problem: z.string(),
  })
  .openapi('DeadLetter')

const listPath = '/api/v1/admin/dead-letters'
const onePath = `${listPath}/{letterId}`

/** Jobs that were given up, mails above all; to others than administrators `forbidden`. */
export function deadLetterRoutes({ domain, door }: People) {
  const routes = createRoutes()
  const common = { ...door, tags: ['Administration'] }
  const request = { params: z.object({ letterId: z.string().max(64) }) }
  const refusals = problemAnswers('unauthenticated', 'forbidden', 'not_found')

  const list = createRoute({
    ...common,
    method: 'get',
    path: listPath,
    summary: 'Jobs that were given up, the latest first',
    request: { query: listQuery },
    responses: {
      200: jsonAnswer('A page of them', listOf(deadLetter)),
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden'),
    },
  })
  routes.openapi(list, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const page = { before: cursor, limit: limit + 1 }
    const letters = await listDeadLetters(domain, c.var.session.userId, page)
    const items = letters
      .slice(0, limit)
      .map((letter) => ({ ...letter, addedAt: isoTime(letter.addedAt), diedAt: isoTime(letter.diedAt) }))
    return c.json({ items, next: letters.length > limit ? (items.at(-1)?.id ?? null) : null }, 200)
  })

  const retry = createRoute({
    ...common,
    method: 'post',
    path: `${onePath}/retry`,
    summary: 'Give one all its tries again',
    request,
    responses: { 204: { description: 'It is tried again' }, ...refusals },
  })
  routes.openapi(retry, async (c) => {
    const settled = { id: c.req.valid('param').letterId, how: 'retry' } as const
    if (!(await settleDeadLetter(actingFrom(domain, c.var), c.var.session.userId, settled)))
      throw new Refusal('not_found')
    return c.body(null, 204)
  })

  const discard = createRoute({
    ...common,
    method: 'delete',
    path: onePath,
    summary: 'Forget one',
    request,
    responses: { 204: { description: 'Forgotten' }, ...refusals },
  })
  routes.openapi(discard, async (c) => {
    const settled = { id: c.req.valid('param').letterId, how: 'discard' } as const
    if (!(await settleDeadLetter(actingFrom(domain, c.var), c.var.session.userId, settled)))
      throw new Refusal('not_found')
    return c.body(null, 204)
  })

  return routes
}
