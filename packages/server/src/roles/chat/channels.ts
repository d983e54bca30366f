import { conversation } from '@confab/protocol/conversation'
import { storableText } from '@confab/protocol/text'
import { createRoute } from '@hono/zod-openapi'
import { joinChannel, leaveConversation } from '../../domain/conversations/change-members.ts'
import { listChannels } from '../../domain/conversations/find-conversations.ts'
import { actingFrom } from '../../domain/security/act.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, listOf, listQuery, problemAnswers } from '../http/schemas.ts'
import type { Chat } from './door.ts'
import { channelsPath, conversationPath, inConversation } from './paths.ts'

const tags = ['Channels']
const queryCodePointsMax = 100

export function channelRoutes({ domain, door }: Chat) {
  const routes = createRoutes()

  const list = createRoute({
    ...door,
    tags,
    method: 'get',
    path: channelsPath,
    summary: 'Public channels, those of many members first',
    request: { query: listQuery.extend({ query: storableText(queryCodePointsMax).default('') }) },
    responses: {
      200: jsonAnswer('A page of them', listOf(conversation)),
      ...problemAnswers('invalid', 'unauthenticated'),
    },
  })
  routes.openapi(list, async (c) =>
    c.json(await listChannels(domain, c.var.session.userId, c.req.valid('query')), 200),
  )

  const join = createRoute({
    ...door,
    tags,
    method: 'post',
    path: `${conversationPath}/join`,
    summary: 'Join a public channel',
    request: { params: inConversation },
    responses: {
      200: jsonAnswer('The channel, as its member', conversation),
      ...problemAnswers('unauthenticated', 'not_found', 'conflict', 'overloaded'),
    },
  })
  routes.openapi(join, async (c) =>
    c.json(await joinChannel(domain, c.req.valid('param').id, c.var.session.userId), 200),
  )

  const leave = createRoute({
    ...door,
    tags,
    method: 'post',
    path: `${conversationPath}/leave`,
    summary: 'Leave a group or channel',
    description:
      'When the owner leaves, the longest-standing admin, else member, follows; the last deletes it.',
    request: { params: inConversation },
    responses: {
      204: { description: 'Left' },
      ...problemAnswers('unauthenticated', 'not_found', 'conflict', 'overloaded'),
    },
  })
  routes.openapi(leave, async (c) => {
    await leaveConversation(actingFrom(domain, c.var), c.req.valid('param').id, c.var.session.userId)
    return c.body(null, 204)
  })

  return routes
}
