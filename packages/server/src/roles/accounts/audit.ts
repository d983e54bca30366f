import { userId } from '@confab/protocol/ids'
import { instant } from '@confab/protocol/user'
import { createRoute, z } from '@hono/zod-openapi'
import { createMiddleware } from 'hono/factory'
import { requireAdministrator } from '../../domain/accounts/require-administrator.ts'
import { actingFrom } from '../../domain/security/act.ts'
import { exportAudit, readAudit } from '../../domain/security/read-audit.ts'
import { isoTime } from '../../lib/clock.ts'
import { auditActions } from '../../ports/audit-entry.ts'
import type { AuditRecord } from '../../ports/audit-log.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, listOf, listQuery, problemAnswers } from '../http/schemas.ts'
import type { SignedInEnv } from '../http/signed-in.ts'
import type { People } from './door.ts'

const time = instant.transform((text) => Date.parse(text))
const filters = z.object({
  action: z.enum(auditActions).optional(),
  userId: userId.optional(),
  from: time.optional(),
  until: time.optional(),
})

const auditRecord = z
  .object({
    id: z.string(),
    action: z.string().openapi({ description: 'One that the filter names, or a newer server’s' }),
    at: instant,
    actorId: userId.nullable(),
    targetId: z.string().nullable(),
    network: z.string().nullable(),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .openapi('AuditRecord')

const toRecord = (record: AuditRecord) => ({ ...record, at: isoTime(record.at) })

/** What happened to the security of the installation; to others than administrators `forbidden`. */
export function auditRoutes({ domain, door }: People) {
  const routes = createRoutes()
  const common = { ...door, tags: ['Administration'] }
  const refusals = problemAnswers('invalid', 'unauthenticated', 'forbidden')
  const administratorsOnly = createMiddleware<SignedInEnv>(async (c, next) => {
    await requireAdministrator(domain, c.var.session.userId)
    await next()
  })

  const list = createRoute({
    ...common,
    method: 'get',
    path: '/api/v1/admin/audit',
    summary: 'The audit log, the latest first',
    description: '`userId` is who did it, or to whom it was done; `from` is included, `until` is not.',
    request: { query: listQuery.extend(filters.shape) },
    responses: { 200: jsonAnswer('A page of it', listOf(auditRecord)), ...refusals },
  })
  routes.openapi(list, async (c) => {
    const { items, next } = await readAudit(domain, c.var.session.userId, c.req.valid('query'))
    return c.json({ items: items.map(toRecord), next }, 200)
  })

  const download = createRoute({
    ...common,
    // An answer that has begun can't be refused any more.
    middleware: [door.middleware, administratorsOnly] as const,
    method: 'get',
    path: '/api/v1/admin/audit/export',
    summary: 'The audit log as a file: a record a line',
    request: { query: filters },
    responses: {
      200: { description: 'JSON lines (application/x-ndjson), the latest first' },
      ...refusals,
    },
  })
  routes.openapi(download, (c) => {
    const pages = exportAudit(actingFrom(domain, c.var), c.var.session.userId, c.req.valid('query'))
    const encoder = new TextEncoder()
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await pages.next()
        if (done) return controller.close()
        controller.enqueue(
          encoder.encode(value.map((record) => `${JSON.stringify(toRecord(record))}\n`).join('')),
        )
      },
      cancel: () => pages.return(undefined).then(() => undefined),
    })
    c.header('Content-Disposition', 'attachment; filename="audit.ndjson"')
    return c.body(body, 200, { 'Content-Type': 'application/x-ndjson' })
  })

  return routes
}
