import { conversation } from '@confab/protocol/conversation'
import { conversationId } from '@confab/protocol/ids'
import { requests } from '@confab/protocol/requests'
import { createRoute } from '@hono/zod-openapi'
import {
  changeConversation,
  changeMembership,
  deleteConversation,
} from '../../domain/conversations/change-conversation.ts'
import { createConversation } from '../../domain/conversations/create-conversation.ts'
import { findConversation, listConversations } from '../../domain/conversations/find-conversations.ts'
import { actingFrom } from '../../domain/security/act.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, jsonBody, listOf, listQuery, problemAnswers, queryIds } from '../http/schemas.ts'
import type { Chat } from './door.ts'
import { conversationPath, conversationsPath, inConversation } from './paths.ts'

const tags = ['Conversations']

export function conversationRoutes({ domain, door }: Chat) {
  const { newConversation, conversationChange, membershipChange } = requests(domain.limits)
  const routes = createRoutes()

  const list = createRoute({
    ...door,
    tags,
    method: 'get',
    path: conversationsPath,
    summary: 'One’s own conversations, the latest message first, or by ids',
    request: { query: listQuery.extend({ ids: queryIds(conversationId).optional() }) },
    responses: {
      200: jsonAnswer('A page of them; of the ids, those that one may see', listOf(conversation)),
      ...problemAnswers('invalid', 'unauthenticated'),
    },
  })
  routes.openapi(list, async (c) => {
    const { ids, ...page } = c.req.valid('query')
    const viewerId = c.var.session.userId
    const found = ids
      ? { items: await domain.store.conversations({ ids, viewerId }), next: null }
      : await listConversations(domain, viewerId, page)
    return c.json(found, 200)
  })

  const create = createRoute({
    ...door,
    tags,
    method: 'post',
    path: conversationsPath,
    summary: 'Begin a conversation',
    description: 'A pair has one direct conversation: asked for again, it is answered with 200.',
    request: jsonBody(newConversation),
    responses: {
      201: jsonAnswer('Made', conversation),
      200: jsonAnswer('It was there before', conversation),
      ...problemAnswers('invalid', 'unauthenticated', 'not_found', 'client_id_reused', 'overloaded'),
    },
  })
  routes.openapi(create, async (c) => {
    const made = await createConversation(domain, c.var.session.userId, c.req.valid('json'))
    return c.json(made.conversation, made.fresh ? 201 : 200)
  })

  const find = createRoute({
    ...door,
    tags,
    method: 'get',
    path: conversationPath,
    summary: 'A conversation of one’s own, or a public channel',
    request: { params: inConversation },
    responses: {
      200: jsonAnswer('The conversation', conversation),
      ...problemAnswers('unauthenticated', 'not_found'),
    },
  })
  routes.openapi(find, async (c) =>
    c.json(await findConversation(domain, c.req.valid('param').id, c.var.session.userId), 200),
  )

  const change = createRoute({
    ...door,
    tags,
    method: 'patch',
    path: conversationPath,
    summary: 'Rename, set the topic, the visibility, or who may do what',
    description: 'For admins. Of `permissions` only those that are given change.',
    request: { params: inConversation, ...jsonBody(conversationChange) },
    responses: {
      200: jsonAnswer('As it is now', conversation),
      ...problemAnswers('invalid', 'unauthenticated', 'forbidden', 'not_found', 'conflict', 'overloaded'),
    },
  })
  routes.openapi(change, async (c) => {
    const { id } = c.req.valid('param')
    const acting = actingFrom(domain, c.var)
    return c.json(await changeConversation(acting, id, c.var.session.userId, c.req.valid('json')), 200)
  })

  const remove = createRoute({
    ...door,
    tags,
    method: 'delete',
    path: conversationPath,
    summary: 'Delete a conversation for everybody',
    description: 'For its owner.',
    request: { params: inConversation },
    responses: {
      204: { description: 'Gone' },
      ...problemAnswers('unauthenticated', 'forbidden', 'not_found', 'conflict', 'overloaded'),
    },
  })
  routes.openapi(remove, async (c) => {
    await deleteConversation(actingFrom(domain, c.var), c.req.valid('param').id, c.var.session.userId)
    return c.body(null, 204)
  })

  const changeMine = createRoute({
    ...door,
    tags,
    method: 'patch',
    path: `${conversationPath}/me`,
    summary: 'Mute, pin, hide, draft: what one sets for oneself alone',
    request: { params: inConversation, ...jsonBody(membershipChange) },
    responses: {
      200: jsonAnswer('As it is now', conversation),
      ...problemAnswers('invalid', 'unauthenticated', 'not_found', 'overloaded'),
    },
  })
  routes.openapi(changeMine, async (c) => {
    const { id } = c.req.valid('param')
    const changed = await changeMembership(domain, id, c.var.session.userId, c.req.valid('json'))
    return c.json(changed, 200)
  })

  return routes
}
