import { event } from '@confab/protocol/event'
import { eventsPage, historyMessages } from '@confab/protocol/limits'
import { message, readBy } from '@confab/protocol/message'
import { cursor, requests, seq } from '@confab/protocol/requests'
import { createRoute, z } from '@hono/zod-openapi'
import { readEvents, readHistory, readMessage } from '../../domain/messages/read-log.ts'
import { sendMessage } from '../../domain/messages/send-message.ts'
import { moveCursor } from '../../domain/receipts/move-cursor.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer, jsonBody, problemAnswers, queryInt, queryLimit } from '../http/schemas.ts'
import type { Chat } from './door.ts'
import { conversationPath, inConversation, ofMessage } from './paths.ts'

const tags = ['Messages']

const querySeq = queryInt.pipe(seq).meta({ minimum: 1 })
const queryCursor = queryInt.pipe(cursor)

const historyQuery = z
  .object({
    before: querySeq.optional(),
    after: queryCursor.optional(),
    around: querySeq.optional(),
    limit: queryLimit(historyMessages),
    minHead: queryCursor.optional(),
  })
  .refine((page) => [page.before, page.after, page.around].filter((at) => at !== undefined).length <= 1, {
    message: 'before, after and around exclude each other',
  })

const eventsQuery = z.object({
  after: queryCursor.default(0),
  limit: queryLimit(eventsPage),
})

const pageOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item), head: z.int() })

export function messageRoutes({ domain, door }: Chat) {
  const { newMessage, read } = requests(domain.limits)
  const routes = createRoutes()

  const history = createRoute({
    ...door,
    tags,
    method: 'get',
    path: `${conversationPath}/messages`,
    summary: 'A page of history, ascending by seq',
    description:
      '`before` and `after` exclude the message that they name, `around` includes it; with none, the latest. `minHead` asks for a page as of that seq or later: where `head` is below it all the same, the log ends there.',
    request: { params: inConversation, query: historyQuery },
    responses: {
      200: jsonAnswer('The messages, and the head of the log', pageOf(message)),
      ...problemAnswers('invalid', 'unauthenticated', 'not_found'),
    },
  })
  routes.openapi(history, async (c) => {
    const page = { conversationId: c.req.valid('param').id, ...c.req.valid('query') }
    const { messages, head } = await readHistory(domain, c.var.session.userId, page)
    return c.json({ items: messages, head }, 200)
  })

  const send = createRoute({
    ...door,
    tags,
    method: 'post',
    path: `${conversationPath}/messages`,
    summary: 'Send a message, once',
    description:
      'Durable when it is answered. The same `clientId` again is no second message: it is answered with 200 and the message as it stands now.',
    request: { params: inConversation, ...jsonBody(newMessage) },
    responses: {
      201: jsonAnswer('Sent', message),
      200: jsonAnswer('Sent before', message),
      ...problemAnswers('invalid', 'unauthenticated', 'not_found', 'client_id_reused', 'too_large'),
      ...problemAnswers('rate_limited', 'overloaded'),
    },
  })
  routes.openapi(send, async (c) => {
    const sent = await sendMessage(domain, {
      senderId: c.var.session.userId,
      conversationId: c.req.valid('param').id,
      ...c.req.valid('json'),
    })
    return c.json(sent.message, sent.fresh ? 201 : 200)
  })

  const find = createRoute({
    ...door,
    tags,
    method: 'get',
    path: `${conversationPath}/messages/{seq}`,
    summary: 'A message, and who has read it',
    request: { params: ofMessage },
    responses: {
      200: jsonAnswer('The message; `readBy` is null in large conversations', message.extend({ readBy })),
      ...problemAnswers('unauthenticated', 'not_found'),
    },
  })
  routes.openapi(find, async (c) => {
    const { id, seq } = c.req.valid('param')
    return c.json(await readMessage(domain, c.var.session.userId, { conversationId: id, seq }), 200)
  })

  const events = createRoute({
    ...door,
    tags,
    method: 'get',
    path: `${conversationPath}/events`,
    summary: 'The log after a seq, ascending and without gaps',
    description: 'A page holds at most 1 MiB: where `head` is past its last event, ask on from there.',
    request: { params: inConversation, query: eventsQuery },
    responses: {
      200: jsonAnswer('The events, and the head of the log', pageOf(event)),
      ...problemAnswers('invalid', 'unauthenticated', 'not_found'),
    },
  })
  routes.openapi(events, async (c) => {
    const range = { conversationId: c.req.valid('param').id, ...c.req.valid('query') }
    const page = await readEvents(domain, c.var.session.userId, range)
    return c.json({ items: page.events, head: page.head }, 200)
  })

  const moveRead = createRoute({
    ...door,
    tags,
    method: 'put',
    path: `${conversationPath}/read`,
    summary: 'Move one’s read cursor: only forward, at most to the head',
    request: { params: inConversation, ...jsonBody(read) },
    responses: {
      204: { description: 'Moved, or there already' },
      ...problemAnswers('invalid', 'unauthenticated', 'not_found', 'overloaded'),
    },
  })
  routes.openapi(moveRead, async (c) => {
    const at = {
      conversationId: c.req.valid('param').id,
      cursor: 'read',
      seq: c.req.valid('json').seq,
    } as const
    await moveCursor(domain, c.var.session.userId, at)
    return c.body(null, 204)
  })

  return routes
}
