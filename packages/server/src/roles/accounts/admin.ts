import { accountSettings } from '@confab/protocol/account-settings'
import { freshInvitation, invitation, newInvitation } from '@confab/protocol/invitation'
import { Refusal } from '@confab/protocol/refusal'
import { createRoute, z } from '@hono/zod-openapi'
import { changeAccountSettings, readAccountSettings } from '../../domain/accounts/account-settings.ts'
import { requireAdministrator } from '../../domain/accounts/require-administrator.ts'
import {
  listInvitations,
  makeInvitation,
  revokeInvitation,
} from '../../domain/invitations/make-invitation.ts'
import { actingFrom } from '../../domain/security/act.ts'
import { given } from '../../lib/given.ts'
import { createRoutes } from '../http/api.ts'
import { toFreshInvitation, toInvitation } from '../http/invitations.ts'
import { jsonAnswer, jsonBody, listOf, listQuery, problemAnswers } from '../http/schemas.ts'
import type { People } from './door.ts'

const tags = ['Administration']
const settingsPath = '/api/v1/admin/account-settings'
const invitationsPath = '/api/v1/admin/invitations'

/** What administrators decide about the doors of the accounts; to others it is `forbidden`. */
export function adminRoutes({ domain, door, publicUrl }: People & { publicUrl: string }) {
  const routes = createRoutes()

  const read = createRoute({
    ...door,
    tags,
    method: 'get',
    path: settingsPath,
    summary: 'Which ways in are open, and who may sign up',
    responses: {
      200: jsonAnswer('As it is now', accountSettings),
      ...problemAnswers('unauthenticated', 'forbidden'),
    },
  })
  routes.openapi(read, async (c) => {
    await requireAdministrator(domain, c.var.session.userId)
    return c.json(await readAccountSettings(domain), 200)
  })

  const change = createRoute({
    ...door,
    tags,
    method: 'patch',
    path: settingsPath,
    summary: 'Change what is given of it',
    description:
      'It holds from the next sign-in on; sessions that are there stay. A second factor is required at once: who came with one alone is refused `second_factor_needed` until they have signed in with two, and so is an administrator who would require it. Of two changes at once one is refused `conflict`.',
    request: jsonBody(accountSettings.partial()),
    responses: {
      200: jsonAnswer('As changed', accountSettings),
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden', 'conflict', 'second_factor_needed'),
    },
  })
  routes.openapi(change, async (c) =>
    c.json(
      await changeAccountSettings(actingFrom(domain, c.var), c.var.session, given(c.req.valid('json'))),
      200,
    ),
  )

  const invite = createRoute({
    ...door,
    tags,
    method: 'post',
    path: invitationsPath,
    summary: 'Make a link with which strangers may sign up',
    request: jsonBody(newInvitation),
    responses: {
      201: jsonAnswer('The link; its token is told this once', freshInvitation),
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden'),
    },
  })
  routes.openapi(invite, async (c) => {
    const actorId = c.var.session.userId
    const wanted = { ...c.req.valid('json'), to: null, actorId }
    const made = await makeInvitation(actingFrom(domain, c.var), wanted)
    return c.json(toFreshInvitation(made, publicUrl), 201)
  })

  const list = createRoute({
    ...door,
    tags,
    method: 'get',
    path: invitationsPath,
    summary: 'The links that are open still, the newest first',
    request: { query: listQuery },
    responses: {
      200: jsonAnswer('A page of them', listOf(invitation)),
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden'),
    },
  })
  routes.openapi(list, async (c) => {
    const actorId = c.var.session.userId
    const { items, next } = await listInvitations(domain, { ...c.req.valid('query'), to: null, actorId })
    return c.json({ items: items.map(toInvitation), next }, 200)
  })

  const revoke = createRoute({
    ...door,
    tags,
    method: 'delete',
    path: `${invitationsPath}/{invitationId}`,
    summary: 'Revoke a link',
    request: { params: z.object({ invitationId: z.string().max(64) }) },
    responses: {
      204: { description: 'Revoked' },
      ...problemAnswers('unauthenticated', 'forbidden', 'not_found'),
    },
  })
  routes.openapi(revoke, async (c) => {
    const link = { id: c.req.valid('param').invitationId, to: null, actorId: c.var.session.userId }
    if (!(await revokeInvitation(actingFrom(domain, c.var), link))) throw new Refusal('not_found')
    return c.body(null, 204)
  })

  return routes
}
