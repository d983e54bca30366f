import { event } from '@confab/protocol/event'
import { conversationId } from '@confab/protocol/ids'
import { newSettlement, receivedReport, reportStatus } from '@confab/protocol/report'
import { createRoute, z } from '@hono/zod-openapi'
import { findReport, listReports, type ReceivedReport } from '../../domain/moderation/read-reports.ts'
import { removeMessage, settleReport } from '../../domain/moderation/settle-report.ts'
import { actingFrom } from '../../domain/security/act.ts'
import { isoTime } from '../../lib/clock.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, jsonBody, listOf, listQuery, problemAnswers, seqInPath } from '../http/schemas.ts'
import type { People } from './door.ts'

const listPath = '/api/v1/admin/reports'
const onePath = `${listPath}/{reportId}`

/** What people report, and what is done about it, by administrators; to others `forbidden`. */
export function receivedReportRoutes({ domain, door }: People) {
  const routes = createRoutes()
  const common = { ...door, tags: ['Administration'] }
  const params = z.object({ reportId: z.string().max(64) })
  const refusals = problemAnswers('unauthenticated', 'forbidden', 'not_found')

  const list = createRoute({
    ...common,
    method: 'get',
    path: listPath,
    summary: 'The reports, the latest first',
    description:
      '`message` is the message as it stands now: an edit or a deletion leaves no old text anywhere.',
    request: { query: listQuery.extend({ status: reportStatus.optional() }) },
    responses: {
      200: jsonAnswer('A page of them', listOf(receivedReport)),
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden'),
    },
  })
  routes.openapi(list, async (c) => {
    const { status, ...page } = c.req.valid('query')
    const settled = status && status === 'settled'
    const { items, next } = await listReports(domain, c.var.session.userId, { ...page, settled })
    return c.json({ items: items.map(toReceived), next }, 200)
  })

  const read = createRoute({
    ...common,
    method: 'get',
    path: onePath,
    summary: 'One report',
    request: { params },
    responses: { 200: jsonAnswer('The report', receivedReport), ...refusals },
  })
  routes.openapi(read, async (c) =>
    c.json(toReceived(await findReport(domain, c.var.session.userId, c.req.valid('param').reportId)), 200),
  )

  const settle = createRoute({
    ...common,
    method: 'post',
    path: `${onePath}/settle`,
    summary: 'Settle a report, and every other open one of the same message',
    description: '`removed` deletes the message.',
    request: { params, ...jsonBody(newSettlement) },
    responses: {
      200: jsonAnswer('The report, settled', receivedReport),
      ...refusals,
      ...problemAnswers('invalid', 'conflict', 'overloaded'),
    },
  })
  routes.openapi(settle, async (c) => {
    const wanted = { id: c.req.valid('param').reportId, ...c.req.valid('json') }
    return c.json(
      toReceived(await settleReport(actingFrom(domain, c.var), c.var.session.userId, wanted)),
      200,
    )
  })

  const remove = createRoute({
    ...common,
    method: 'delete',
    path: '/api/v1/admin/conversations/{id}/messages/{seq}',
    summary: 'Delete any message of any conversation',
    description: 'Its members are told as of any deletion, by whom too.',
    request: { params: z.object({ id: conversationId, seq: seqInPath }) },
    responses: {
      200: jsonAnswer('Done; `event` is null where it was so already', z.object({ event: event.nullable() })),
      ...refusals,
      ...problemAnswers('overloaded'),
    },
  })
  routes.openapi(remove, async (c) => {
    const { id, seq } = c.req.valid('param')
    const wanted = { actorId: c.var.session.userId, conversationId: id, seq }
    return c.json({ event: await removeMessage(actingFrom(domain, c.var), wanted) }, 200)
  })

  return routes
}

const toReceived = ({ reporterId: _, settlement, createdAt, ...report }: ReceivedReport) => ({
  ...report,
  createdAt: isoTime(createdAt),
  status: settlement ? ('settled' as const) : ('open' as const),
  settlement: settlement && { ...settlement, at: isoTime(settlement.at) },
})
