import type { Event } from '@confab/protocol/event'
import { type Copy, fold } from '@confab/protocol/fold'
import type { UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'

/** What is done to a message. Each may be done twice: the second time changes nothing. */
export type MessageAction =
  | { readonly kind: 'edit'; readonly text: string }
  | { readonly kind: 'delete' }
  | { readonly kind: 'react' | 'unreact'; readonly emoji: string }
  | { readonly kind: 'pin' | 'unpin' }

/** The message as it will be when the action is done, by the same fold that its event will go through. */
export function applyAction(
  copy: Copy,
  message: Message,
  { action, at, viewer }: { action: MessageAction; at: string; viewer: UserId },
): Message {
  if (message.deletedAt !== null || isSo(message, action)) return message
  const { conversationId, seq: target, updatedSeq, mentions } = message
  const envelope = { conversationId, seq: updatedSeq + 1, actorId: viewer, at }
  const folded = (event: Event) => ({
    ...(fold(copy, event, viewer, message).message ?? message),
    updatedSeq,
  })
  switch (action.kind) {
    case 'edit': {
      const data = { target, text: action.text, mentions, editedAt: at }
      return folded({ ...envelope, type: 'message.edited', data })
    }
    case 'delete':
      return folded({ ...envelope, type: 'message.deleted', data: { target, deletedAt: at } })
    case 'react':
    case 'unreact': {
      const type = action.kind === 'react' ? 'reaction.added' : 'reaction.removed'
      return folded({ ...envelope, type, data: { target, emoji: action.emoji } })
    }
    case 'pin':
    case 'unpin': {
      const type = action.kind === 'pin' ? 'message.pinned' : 'message.unpinned'
      return folded({ ...envelope, type, data: { target } })
    }
  }
}

function isSo(message: Message, action: MessageAction): boolean {
  switch (action.kind) {
    case 'edit':
      return message.text === action.text
    case 'delete':
      return false
    case 'react':
    case 'unreact': {
      const mine = message.reactions.some((one) => one.mine && one.emoji === action.emoji)
      return mine === (action.kind === 'react')
    }
    case 'pin':
    case 'unpin':
      return message.pinned === (action.kind === 'pin')
  }
}

const eventTypes = {
  edit: 'message.edited',
  delete: 'message.deleted',
  react: 'reaction.added',
  unreact: 'reaction.removed',
  pin: 'message.pinned',
  unpin: 'message.unpinned',
} as const

/** Whether an event says that the action is done, by this device or by another of the same user. */
export function isDoneBy(action: MessageAction, event: Event): boolean {
  if (event.type !== eventTypes[action.kind]) return false
  // An edit is served with the text as it is now: another text may be another edit.
  if (action.kind === 'edit') return event.type === 'message.edited' && event.data.text === action.text
  return !('emoji' in action) || ('emoji' in event.data && event.data.emoji === action.emoji)
}
