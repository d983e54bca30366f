import { member } from '@confab/protocol/conversation'
import { requests } from '@confab/protocol/requests'
import { createRoute } from '@hono/zod-openapi'
import { putMember, removeMember } from '../../domain/conversations/change-members.ts'
import { listMembers } from '../../domain/conversations/find-conversations.ts'
import { actingFrom } from '../../domain/security/act.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, jsonBody, listOf, listQuery, problemAnswers } from '../http/schemas.ts'
import type { Chat } from './door.ts'
import { conversationPath, inConversation, ofMember } from './paths.ts'

const tags = ['Members']

export function memberRoutes({ domain, door }: Chat) {
  const { memberChange } = requests(domain.limits)
  const routes = createRoutes()

  const list = createRoute({
    ...door,
    tags,
    method: 'get',
    path: `${conversationPath}/members`,
    summary: 'The members, the longest-standing first',
    request: { params: inConversation, query: listQuery },
    responses: {
      200: jsonAnswer('A page of them', listOf(member)),
      ...problemAnswers('invalid', 'unauthenticated', 'not_found'),
    },
  })
  routes.openapi(list, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await listMembers(domain, id, c.var.session.userId, c.req.valid('query')), 200)
  })

  const put = createRoute({
    ...door,
    tags,
    method: 'put',
    path: `${conversationPath}/members/{userId}`,
    summary: 'Add a person, or give a member another role',
    description: 'Members add members; admins give roles; the owner may hand the conversation over.',
    request: { params: ofMember, body: { ...jsonBody(memberChange).body, required: false } },
    responses: {
      204: { description: 'Done, or so already' },
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden', 'not_found', 'conflict', 'overloaded'),
    },
  })
  routes.openapi(put, async (c) => {
    const { id, userId } = c.req.valid('param')
    const { role } = c.req.valid('json')
    await putMember(actingFrom(domain, c.var), {
      conversationId: id,
      actorId: c.var.session.userId,
      userId,
      role,
    })
    return c.body(null, 204)
  })

  const remove = createRoute({
    ...door,
    tags,
    method: 'delete',
    path: `${conversationPath}/members/{userId}`,
    summary: 'Remove a person, or leave',
    description: 'Admins remove others; nobody removes the owner.',
    request: { params: ofMember },
    responses: {
      204: { description: 'Removed' },
      ...problemAnswers('unauthenticated', 'forbidden', 'not_found', 'conflict', 'overloaded'),
    },
  })
  routes.openapi(remove, async (c) => {
    const { id, userId } = c.req.valid('param')
    await removeMember(actingFrom(domain, c.var), {
      conversationId: id,
      actorId: c.var.session.userId,
      userId,
    })
    return c.body(null, 204)
  })

  return routes
}
