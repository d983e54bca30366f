import { callParams, type Method } from '@confab/protocol/calls'
import type { Event } from '@confab/protocol/event'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import { Refusal } from '@confab/protocol/refusal'
import type { FakeConversation } from './fake-conversation.ts'

const params = callParams(defaultLimits)

export type ActionMethod = Extract<
  Method,
  `message.${'edit' | 'delete' | 'react' | 'unreact' | 'pin' | 'unpin'}`
>

/** What of the server it takes. */
export interface Acted {
  now(): string
  access(id: string, viewer: UserId): FakeConversation
  act(id: ConversationId, actor: UserId, type: Event['type'], data: unknown): Event
}

/** What is done to a message, as the contract has it: null where all was so already. */
export function actOnMessage(
  server: Acted,
  actor: UserId,
  method: ActionMethod,
  wanted: unknown,
): Event | null {
  const { conversationId: id, seq: target } = params['message.pin'].parse(wanted)
  const conversation = server.access(id, actor)
  const message = conversation.messages(actor).find(({ seq }) => seq === target)
  if (!message) throw new Refusal('not_found')
  const isMine = message.senderId === actor
  const isDeleted = message.deletedAt !== null
  if (method === 'message.delete') {
    if (!isMine && conversation.members.get(actor)?.role === 'member') throw new Refusal('forbidden')
    if (isDeleted) return null
    return server.act(id, actor, 'message.deleted', { target, deletedAt: server.now() })
  }
  if (isDeleted) throw new Refusal('conflict')
  switch (method) {
    case 'message.edit': {
      const { text } = params[method].parse(wanted)
      if (!isMine) throw new Refusal('forbidden')
      if (text === message.text) return null
      const { mentions } = message
      return server.act(id, actor, 'message.edited', { target, text, mentions, editedAt: server.now() })
    }
    case 'message.react':
    case 'message.unreact': {
      const { emoji } = params[method].parse(wanted)
      const mine = message.reactions.some((one) => one.mine && one.emoji === emoji)
      if (mine === (method === 'message.react')) return null
      return server.act(id, actor, mine ? 'reaction.removed' : 'reaction.added', { target, emoji })
    }
    case 'message.pin':
    case 'message.unpin': {
      const pinned = method === 'message.pin'
      if (message.pinned === pinned) return null
      return server.act(id, actor, pinned ? 'message.pinned' : 'message.unpinned', { target })
    }
  }
}
