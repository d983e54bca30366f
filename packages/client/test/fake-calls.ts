import { type CallParams, callParams, type Method } from '@confab/protocol/calls'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import type { Presence } from '@confab/protocol/presence'
import { type Acted, actOnMessage } from './fake-actions.ts'
import type { FakeConversation } from './fake-conversation.ts'

const schemas = callParams(defaultLimits)

/** What of the server it takes. */
interface Called extends Acted {
  readonly conversations: ReadonlyMap<ConversationId, FakeConversation>
  readonly temper: { eventsMax: number; historyLag: number }
  sync(viewer: UserId, wanted: CallParams['sync']): unknown
  send(
    id: ConversationId,
    sender: UserId,
    text: string,
    clientId: string,
    more: CallParams['message.send'],
  ): unknown
  read(id: ConversationId, reader: UserId, seq: number): void
  delivered(id: ConversationId, member: UserId, seq: number): void
  typing(id: ConversationId, typist: UserId, typing: boolean): void
  presenceOf(id: UserId): Presence
}

/** Who calls, and whom their connection watches. */
interface Caller {
  viewer: UserId
  watching: Set<string>
}

/** What each call of a signed-in connection does and answers, as the contract has it. */
export function carryOut(
  server: Called,
  { viewer, watching }: Caller,
  method: Exclude<Method, 'auth'>,
  params: unknown,
): unknown {
  switch (method) {
    case 'sync':
      return server.sync(viewer, schemas.sync.parse(params))
    case 'conversations': {
      const ids: readonly string[] = schemas.conversations.parse(params).ids ?? []
      const found = [...server.conversations.values()].filter((one) => ids.includes(one.id))
      const items = found.filter((one) => one.members.has(viewer)).map((one) => one.seenBy(viewer))
      return { items, next: null }
    }
    case 'events': {
      const { conversationId: id, after, limit } = schemas.events.parse(params)
      const asked = server.access(id, viewer)
      const events = asked.log.slice(after, after + Math.min(limit, server.temper.eventsMax))
      return { events: events.map((one) => asked.served(one)), head: asked.head }
    }
    case 'history': {
      const { conversationId: id, before, after, around, limit, minHead } = schemas.history.parse(params)
      const asked = server.access(id, viewer)
      const head = Math.max(0, minHead ?? 0, asked.head - server.temper.historyLag)
      const end = around === undefined ? head : around + Math.floor(limit / 2)
      const messages =
        after === undefined
          ? asked.page(viewer, before ?? end + 1, limit, head)
          : asked.pageAfter(viewer, after, limit, head)
      return { messages, head }
    }
    case 'message.send': {
      const wanted = schemas['message.send'].parse(params)
      const { conversationId: id, clientId, text } = wanted
      server.send(id, viewer, text ?? '', clientId, wanted)
      return { message: server.access(id, viewer).stored(viewer, clientId) }
    }
    case 'read': {
      const { conversationId: id, seq } = schemas.read.parse(params)
      server.read(id, viewer, seq)
      return {}
    }
    case 'message.edit':
    case 'message.delete':
    case 'message.react':
    case 'message.unreact':
    case 'message.pin':
    case 'message.unpin':
      return { event: actOnMessage(server, viewer, method, params) }
    case 'delivered': {
      const { conversationId: id, seq } = schemas.delivered.parse(params)
      server.delivered(id, viewer, seq)
      return {}
    }
    case 'typing': {
      const { conversationId: id, typing } = schemas.typing.parse(params)
      server.typing(id, viewer, typing)
      return {}
    }
    case 'presence.watch': {
      const { userIds } = schemas['presence.watch'].parse(params)
      for (const id of userIds) watching.add(id)
      return { presences: userIds.map((id) => server.presenceOf(id)) }
    }
    case 'presence.unwatch':
      for (const id of schemas['presence.unwatch'].parse(params).userIds) watching.delete(id)
      return { presences: [] }
    case 'presence.set':
    case 'ping':
      return {}
  }
}
