import { instant } from '@confab/protocol/user'
import { createRoute, z } from '@hono/zod-openapi'
import { isoTime } from '../../lib/clock.ts'
import type { Tickets } from '../../ports/tickets.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, problemAnswers } from '../http/schemas.ts'
import type { Chat } from './door.ts'
import { ticketPath } from './paths.ts'

export function ticketRoutes({ door }: Chat, tickets: Pick<Tickets, 'issue'>) {
  const routes = createRoutes()

  const issue = createRoute({
    ...door,
    tags: ['Socket'],
    method: 'post',
    path: ticketPath,
    summary: 'A ticket to open one socket with: `/api/v1/ws?ticket=`',
    description: 'For clients that can set neither a cookie nor a header. Good once, for 30 seconds.',
    responses: {
      201: jsonAnswer('Issued', z.object({ ticket: z.string(), expiresAt: instant })),
      ...problemAnswers('unauthenticated', 'overloaded'),
    },
  })
  routes.openapi(issue, async (c) => {
    const { ticket, expiresAt } = await tickets.issue(c.var.session)
    return c.json({ ticket, expiresAt: isoTime(expiresAt) }, 201)
  })

  return routes
}
