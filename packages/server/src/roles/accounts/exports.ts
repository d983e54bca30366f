import { dataExport } from '@confab/protocol/data-export'
import { createRoute, z } from '@hono/zod-openapi'
import { askExport, exportState, fetchExport } from '../../domain/exports/ask-export.ts'
import { actingFrom } from '../../domain/security/act.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, problemAnswers } from '../http/schemas.ts'
import { isMeant } from '../http/signed-in.ts'
import type { People } from './door.ts'

const tags = ['Me']
const path = '/api/v1/me/export'

/** The copy of everything about oneself; what it holds is in `docs/export.md`. */
export function exportRoutes({
  domain,
  door,
  trustedOrigins,
}: People & { trustedOrigins: readonly string[] }) {
  const routes = createRoutes()
  const underWay = jsonAnswer('It is under way', dataExport)
  const refusals = problemAnswers('unauthenticated', 'rate_limited')

  const fetch = createRoute({
    ...door,
    tags,
    method: 'get',
    path,
    summary: 'Everything held about oneself, as a zip',
    description:
      'Begins one where none is ready, unless the cookie comes from another site: `forbidden`. A ready one can be fetched for three days, by its owner alone; there is one an hour.',
    responses: {
      200: {
        description: 'The zip',
        content: { 'application/zip': { schema: z.string().openapi({ format: 'binary' }) } },
      },
      202: underWay,
      ...refusals,
      ...problemAnswers('forbidden'),
    },
  })
  routes.openapi(fetch, async (c) => {
    const found = await fetchExport(actingFrom(domain, c.var), c.var.session.userId, {
      mayBegin: isMeant(c.req.raw, trustedOrigins),
    })
    if ('state' in found) return c.json(found.state, 202)
    const { bytes, content } = found.zip
    return c.body(content, 200, {
      'Content-Type': 'application/zip',
      'Content-Length': `${bytes}`,
      'Content-Disposition': 'attachment; filename="confab-export.zip"',
    })
  })

  const ask = createRoute({
    ...door,
    tags,
    method: 'post',
    path,
    summary: 'Ask for a new copy',
    description: 'It takes the place of an earlier one. One that is under way is answered instead.',
    responses: { 202: underWay, ...refusals },
  })
  routes.openapi(ask, async (c) =>
    c.json(await askExport(actingFrom(domain, c.var), c.var.session.userId), 202),
  )

  const look = createRoute({
    ...door,
    tags,
    method: 'get',
    path: `${path}/state`,
    summary: 'How far it is',
    responses: { 200: jsonAnswer('How far it is', dataExport), ...problemAnswers('unauthenticated') },
  })
  routes.openapi(look, async (c) => c.json(await exportState(domain, c.var.session.userId), 200))

  return routes
}
