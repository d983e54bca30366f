import { conversation } from '@confab/protocol/conversation'
import {
  freshInvitation,
  invitation,
  invitationTarget,
  invitationToken,
  newInvitation,
} from '@confab/protocol/invitation'
import { Refusal } from '@confab/protocol/refusal'
import { createRoute, z } from '@hono/zod-openapi'
import { acceptInvitation, lookAtInvitation } from '../../domain/invitations/accept-invitation.ts'
import {
  listInvitations,
  makeInvitation,
  revokeInvitation,
} from '../../domain/invitations/make-invitation.ts'
import { actingFrom } from '../../domain/security/act.ts'
import { createRoutes } from '../http/api.ts'
import { toFreshInvitation, toInvitation } from '../http/invitations.ts'
import { jsonAnswer, jsonBody, listOf, listQuery, problemAnswers } from '../http/schemas.ts'
import type { Chat } from './door.ts'
import { conversationPath, inConversation, invitationsPath } from './paths.ts'

const tags = ['Invitations']
const path = `${conversationPath}/invitations` as const

/** Links that let people into a group or channel. The token travels in bodies alone: a path is logged. */
export function invitationRoutes({ domain, door }: Chat, publicUrl: string) {
  const routes = createRoutes()

  const invite = createRoute({
    ...door,
    tags,
    method: 'post',
    path,
    summary: 'Make a link with which anybody who has an account may join',
    description: 'For admins. It is good as long as its maker is one.',
    request: { params: inConversation, ...jsonBody(newInvitation) },
    responses: {
      201: jsonAnswer('The link; its token is told this once', freshInvitation),
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden', 'not_found', 'conflict'),
    },
  })
  routes.openapi(invite, async (c) => {
    const to = c.req.valid('param').id
    const made = await makeInvitation(actingFrom(domain, c.var), {
      ...c.req.valid('json'),
      to,
      actorId: c.var.session.userId,
    })
    return c.json(toFreshInvitation(made, publicUrl), 201)
  })

  const list = createRoute({
    ...door,
    tags,
    method: 'get',
    path,
    summary: 'The links that are open still, the newest first',
    request: { params: inConversation, query: listQuery },
    responses: {
      200: jsonAnswer('A page of them', listOf(invitation)),
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden', 'not_found', 'conflict'),
    },
  })
  routes.openapi(list, async (c) => {
    const to = c.req.valid('param').id
    const asked = { ...c.req.valid('query'), to, actorId: c.var.session.userId }
    const { items, next } = await listInvitations(domain, asked)
    return c.json({ items: items.map(toInvitation), next }, 200)
  })

  const revoke = createRoute({
    ...door,
    tags,
    method: 'delete',
    path: `${path}/{invitationId}`,
    summary: 'Revoke a link',
    request: { params: inConversation.extend({ invitationId: z.string().max(64) }) },
    responses: {
      204: { description: 'Revoked' },
      ...problemAnswers('unauthenticated', 'forbidden', 'not_found', 'conflict'),
    },
  })
  routes.openapi(revoke, async (c) => {
    const { id: to, invitationId: id } = c.req.valid('param')
    if (!(await revokeInvitation(actingFrom(domain, c.var), { id, to, actorId: c.var.session.userId })))
      throw new Refusal('not_found')
    return c.body(null, 204)
  })

  const look = createRoute({
    ...door,
    tags,
    method: 'post',
    path: `${invitationsPath}/look`,
    summary: 'Where a link leads',
    request: jsonBody(invitationToken),
    responses: {
      200: jsonAnswer('The conversation, or null for the installation itself', invitationTarget),
      ...problemAnswers('invalid', 'unauthenticated', 'not_found'),
    },
  })
  routes.openapi(look, async (c) => c.json(await lookAtInvitation(domain, c.req.valid('json').token), 200))

  const accept = createRoute({
    ...door,
    tags,
    method: 'post',
    path: `${invitationsPath}/accept`,
    summary: 'Join the conversation that a link leads to',
    request: jsonBody(invitationToken),
    responses: {
      200: jsonAnswer('The conversation, as its member', conversation),
      ...problemAnswers('invalid', 'unauthenticated', 'not_found', 'conflict', 'overloaded'),
    },
  })
  routes.openapi(accept, async (c) =>
    c.json(await acceptInvitation(domain, c.var.session.userId, c.req.valid('json').token), 200),
  )

  return routes
}
