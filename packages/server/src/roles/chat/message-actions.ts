import { emoji } from '@confab/protocol/emoji'
import { event } from '@confab/protocol/event'
import { message } from '@confab/protocol/message'
import { requests } from '@confab/protocol/requests'
import { user } from '@confab/protocol/user'
import { createRoute, z } from '@hono/zod-openapi'
import {
  deleteMessage,
  editMessage,
  listPins,
  listReactors,
  pin,
  react,
} from '../../domain/messages/act-on-message.ts'
import { readMessage } from '../../domain/messages/read-log.ts'
import { actingFrom } from '../../domain/security/act.ts'
import { createRoutes } from '../http/api.ts'
import { invalidInput } from '../http/problem.ts'
import { jsonAnswer, jsonBody, listOf, listQuery, problemAnswers } from '../http/schemas.ts'
import type { Chat } from './door.ts'
import { conversationPath, inConversation, ofMessage } from './paths.ts'

const tags = ['Messages']
const messagePath = `${conversationPath}/messages/{seq}` as const
const reactionPath = `${messagePath}/reactions/{emoji}` as const
/** What is no emoji is wrong input, not a thing that is missing: it is looked at once the path is read. */
const ofReaction = ofMessage.extend({ emoji: z.string() })

/** What each of these answers: the event that it made, or null where all was so already. */
const outcome = { event: event.nullable() }
const changed = jsonAnswer('Done; `event` is null where it was so already', z.object(outcome))
const problems = problemAnswers(
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'overloaded',
)
const limited = { ...problems, ...problemAnswers('rate_limited') }

export function messageActionRoutes({ domain, door }: Chat) {
  const { messageEdit } = requests(domain.limits)
  const routes = createRoutes()

  const edit = createRoute({
    ...door,
    tags,
    method: 'patch',
    path: messagePath,
    summary: 'Edit one’s own message',
    request: { params: ofMessage, ...jsonBody(messageEdit) },
    responses: {
      200: jsonAnswer('The message as it is now, and the event that made it so', message.extend(outcome)),
      ...limited,
    },
  })
  routes.openapi(edit, async (c) => {
    const { id: conversationId, seq } = c.req.valid('param')
    const actorId = c.var.session.userId
    const at = { conversationId, seq }
    const made = await editMessage(domain, { ...at, actorId, ...c.req.valid('json') })
    const { readBy: _, ...now } = await readMessage(domain, actorId, at)
    return c.json({ ...now, event: made }, 200)
  })

  const remove = createRoute({
    ...door,
    tags,
    method: 'delete',
    path: messagePath,
    summary: 'Delete one’s own message, or as an admin any',
    request: { params: ofMessage },
    responses: { 200: changed, ...problems },
  })
  routes.openapi(remove, async (c) => {
    const { id: conversationId, seq } = c.req.valid('param')
    const actorId = c.var.session.userId
    const acting = actingFrom(domain, c.var)
    return c.json({ event: await deleteMessage(acting, { conversationId, actorId, seq }) }, 200)
  })

  for (const [method, on, summary] of [
    ['put', true, 'React to a message'],
    ['delete', false, 'Take a reaction back'],
  ] as const) {
    const route = createRoute({
      ...door,
      tags,
      method,
      path: reactionPath,
      summary,
      request: { params: ofReaction },
      responses: { 200: changed, ...limited },
    })
    routes.openapi(route, async (c) => {
      const { id: conversationId, ...target } = reactionIn(c.req.valid('param'))
      const actorId = c.var.session.userId
      return c.json({ event: await react(domain, { conversationId, actorId, ...target, on }) }, 200)
    })
  }

  const reactors = createRoute({
    ...door,
    tags,
    method: 'get',
    path: reactionPath,
    summary: 'Who reacted with an emoji, the first one first',
    request: { params: ofReaction, query: listQuery },
    responses: { 200: jsonAnswer('A page of them', listOf(user)), ...problems },
  })
  routes.openapi(reactors, async (c) => {
    const { id: conversationId, ...target } = reactionIn(c.req.valid('param'))
    const page = { conversationId, ...target, ...c.req.valid('query') }
    return c.json(await listReactors(domain, c.var.session.userId, page), 200)
  })

  for (const [method, on, summary] of [
    ['put', true, 'Pin a message for everybody'],
    ['delete', false, 'Unpin a message'],
  ] as const) {
    const route = createRoute({
      ...door,
      tags,
      method,
      path: `${messagePath}/pin`,
      summary,
      request: { params: ofMessage },
      responses: { 200: changed, ...problems },
    })
    routes.openapi(route, async (c) => {
      const { id: conversationId, seq } = c.req.valid('param')
      const actorId = c.var.session.userId
      return c.json({ event: await pin(domain, { conversationId, actorId, seq, on }) }, 200)
    })
  }

  const pins = createRoute({
    ...door,
    tags,
    method: 'get',
    path: `${conversationPath}/pins`,
    summary: 'The pinned messages, the latest pinned first',
    request: { params: inConversation, query: listQuery },
    responses: { 200: jsonAnswer('A page of them', listOf(message)), ...problems },
  })
  routes.openapi(pins, async (c) => {
    const page = { conversationId: c.req.valid('param').id, ...c.req.valid('query') }
    return c.json(await listPins(domain, c.var.session.userId, page), 200)
  })

  return routes
}

function reactionIn<Path extends z.infer<typeof ofReaction>>(path: Path): Path {
  const { error } = z.object({ emoji }).safeParse(path)
  if (error) throw invalidInput(error)
  return path
}
