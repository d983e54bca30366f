import { newReport, report } from '@confab/protocol/report'
import { createRoute } from '@hono/zod-openapi'
import { reportMessage } from '../../domain/moderation/report-message.ts'
import { isoTime } from '../../lib/clock.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, jsonBody, problemAnswers } from '../http/schemas.ts'
import type { Chat } from './door.ts'
import { conversationPath, ofMessage } from './paths.ts'

export function reportRoutes({ domain, door }: Chat) {
  const routes = createRoutes()

  const make = createRoute({
    ...door,
    tags: ['Messages'],
    method: 'post',
    path: `${conversationPath}/messages/{seq}/report`,
    summary: 'Report a message to the administrators',
    description:
      'They see the message as it then stands, who wrote it and who reported it, and what kind of ' +
      'conversation it is in. Each person has one open report of a message.',
    request: { params: ofMessage, ...jsonBody(newReport) },
    responses: {
      201: jsonAnswer('The report', report),
      200: jsonAnswer('The one that is open still', report),
      ...problemAnswers('invalid', 'unauthenticated', 'not_found', 'conflict', 'rate_limited'),
    },
  })
  routes.openapi(make, async (c) => {
    const { id: conversationId, seq } = c.req.valid('param')
    const reporterId = c.var.session.userId
    const wanted = { conversationId, seq, reporterId, ...c.req.valid('json') }
    const { report: made, fresh } = await reportMessage(domain, wanted)
    const { reporterId: _, settlement: __, ...shown } = made
    return c.json({ ...shown, createdAt: isoTime(made.createdAt) }, fresh ? 201 : 200)
  })

  return routes
}
