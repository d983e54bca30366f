import {
  askedConsent,
  consentKind,
  newConsents,
  ownConsents,
  publishedConsents,
} from '@confab/protocol/consent'
import { createRoute, z } from '@hono/zod-openapi'
import {
  changeConsentSettings,
  ownConsents as findOwn,
  giveConsent,
  ownConsentText,
  readConsentSettings,
  withdrawConsent,
} from '../../domain/consent/consents.ts'
import { actingFrom } from '../../domain/security/act.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, jsonBody, problemAnswers } from '../http/schemas.ts'
import type { People } from './door.ts'

const path = '/api/v1/me/consents'
const settingsPath = '/api/v1/admin/consent-settings'
const params = z.object({ kind: consentKind })

/** What one must agree to before one goes on. Until then every other door refuses `consent_needed`. */
export function consentRoutes({ domain, door }: People) {
  const routes = createRoutes()
  const own = { ...door, tags: ['Me'] }
  const admin = { ...door, tags: ['Administration'], path: settingsPath }

  const look = createRoute({
    ...own,
    method: 'get',
    path,
    summary: 'What is asked for, what of it is missing, and what one has agreed to',
    responses: { 200: jsonAnswer('All of it', ownConsents), ...problemAnswers('unauthenticated') },
  })
  routes.openapi(look, async (c) => c.json(await findOwn(domain, c.var.session.userId), 200))

  const readText = createRoute({
    ...own,
    method: 'get',
    path: `${path}/{kind}/{version}`,
    summary: 'The text of a version that one is asked for, or has agreed to',
    request: { params: params.extend({ version: z.coerce.number().int().positive() }) },
    responses: {
      200: jsonAnswer('The text', askedConsent),
      ...problemAnswers('unauthenticated', 'not_found'),
    },
  })
  routes.openapi(readText, async (c) =>
    c.json(await ownConsentText(domain, { userId: c.var.session.userId, ...c.req.valid('param') }), 200),
  )

  const give = createRoute({
    ...own,
    method: 'put',
    path: `${path}/{kind}`,
    summary: 'Agree to the version that one has read',
    request: { params, ...jsonBody(z.object({ version: z.int().positive() })) },
    responses: {
      204: { description: 'Agreed' },
      ...problemAnswers('invalid', 'unauthenticated', 'not_found', 'conflict'),
    },
  })
  routes.openapi(give, async (c) => {
    const { userId } = c.var.session
    await giveConsent(domain, { userId, ...c.req.valid('param'), ...c.req.valid('json') })
    return c.body(null, 204)
  })

  const withdraw = createRoute({
    ...own,
    method: 'delete',
    path: `${path}/{kind}`,
    summary: 'Take it back',
    request: { params },
    responses: { 204: { description: 'Taken back' }, ...problemAnswers('unauthenticated', 'not_found') },
  })
  routes.openapi(withdraw, async (c) => {
    await withdrawConsent(domain, { userId: c.var.session.userId, ...c.req.valid('param') })
    return c.body(null, 204)
  })

  const refusals = problemAnswers('unauthenticated', 'forbidden')
  const read = createRoute({
    ...admin,
    method: 'get',
    summary: 'What everybody must agree to',
    responses: { 200: jsonAnswer('As it is now', publishedConsents), ...refusals },
  })
  routes.openapi(read, async (c) => c.json(await readConsentSettings(domain, c.var.session.userId), 200))

  const change = createRoute({
    ...admin,
    method: 'put',
    summary: 'Set what everybody must agree to',
    description:
      'Another text is a new version, which everybody is asked for before they go on. ' +
      'With `versions`, those that were read, it is refused where another was published meanwhile.',
    request: jsonBody(newConsents),
    responses: {
      200: jsonAnswer('As changed', publishedConsents),
      ...refusals,
      ...problemAnswers('invalid', 'conflict'),
    },
  })
  routes.openapi(change, async (c) =>
    c.json(
      await changeConsentSettings(actingFrom(domain, c.var), c.var.session.userId, c.req.valid('json')),
      200,
    ),
  )

  return routes
}
