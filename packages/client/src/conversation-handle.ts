import { conversation as conversationSchema } from '@confab/protocol/conversation'
import { message as messageSchema, readBy as readBySchema } from '@confab/protocol/message'
import { user as userSchema } from '@confab/protocol/user'
import type { ConversationHandle } from './chat.ts'
import type { ConversationView } from './conversation-views.ts'
import { deliveryOf } from './delivery.ts'
import type { Drafts } from './drafts.ts'
import type { HistoryLoader } from './history-loader.ts'
import { firstPage } from './list.ts'
import { cursorOf } from './local-conversation.ts'
import type { MessageActions } from './message-actions.ts'
import type { OldWindows } from './old-windows.ts'
import type { Outbox } from './outbox.ts'
import type { Rest } from './rest.ts'
import type { SyncEngine } from './sync-engine.ts'
import type { Typing } from './typing.ts'
import { readAtLeast } from './unread.ts'

interface HandleParts {
  view: ConversationView
  actions: MessageActions
  rest: Rest
  outbox: Outbox
  history: HistoryLoader
  typing: Typing
  engine: SyncEngine
  drafts: Drafts
  windows: OldWindows
}

/** One conversation's door to the parts that do its work. */
export function conversationHandle(id: string, parts: HandleParts): ConversationHandle {
  const { view, actions, rest, outbox, history, typing, engine, drafts, windows } = parts
  const path = `/api/v1/conversations/${encodeURIComponent(id)}`
  const messagePath = (seq: number) => `${path}/messages/${seq}`
  const memberPath = (userId: string) => `${path}/members/${encodeURIComponent(userId)}`
  return {
    id,
    info: view.info,
    members: view.members,
    timeline: view.timeline,
    typing: view.typing,
    open: () => history.open(id),
    loadEarlier: () => history.loadEarlier(id),
    around: (seq) => windows.around(id, seq),
    draft: drafts.value(id),
    setDraft: (text) => drafts.set(id, text),
    send(content) {
      typing.sent(id)
      drafts.sent(id)
      return outbox.send(id, typeof content === 'string' ? { text: content } : content)
    },
    retry: (clientId) => outbox.retry(id, clientId),
    discard: (clientId) => outbox.discard(id, clientId),
    edit: (seq, text) => actions.act(id, seq, { kind: 'edit', text }),
    delete: (seq) => actions.act(id, seq, { kind: 'delete' }),
    react: (seq, emoji) => actions.act(id, seq, { kind: 'react', emoji }),
    unreact: (seq, emoji) => actions.act(id, seq, { kind: 'unreact', emoji }),
    pin: (seq) => actions.act(id, seq, { kind: 'pin' }),
    unpin: (seq) => actions.act(id, seq, { kind: 'unpin' }),
    forward(seq, to) {
      const source = view.message(seq).get()
      const { senderId, createdAt } = source?.forwardedFrom ?? source ?? {}
      return outbox.send(to, {
        text: source?.text ?? '',
        forward: { conversationId: id, seq },
        ...(senderId && createdAt && { forwardedFrom: { senderId, createdAt } }),
      })
    },
    message: view.message,
    pins: () => firstPage(rest, `${path}/pins`, messageSchema),
    reactors: (seq, emoji) =>
      firstPage(rest, `${messagePath(seq)}/reactions/${encodeURIComponent(emoji)}`, userSchema),
    async readBy(seq) {
      return (await rest.get(messagePath(seq), messageSchema.extend({ readBy: readBySchema }))).readBy
    },
    deliveryOf(message) {
      const info = view.info.get()
      return info ? deliveryOf(message, info) : 'sent'
    },
    read: (seq) => engine.change(id, (local, viewer) => readAtLeast(local, seq ?? cursorOf(local), viewer)),
    setTyping: (value) => typing.setMine(id, value),
    report: (seq, report) => rest.run('POST', `${messagePath(seq)}/report`, report),
    leave: () => rest.run('POST', `${path}/leave`),
    async addMembers(userIds) {
      for (const userId of userIds) await rest.run('PUT', memberPath(userId), {})
    },
    removeMember: (userId) => rest.run('DELETE', memberPath(userId)),
    change: (change) => rest.patch(path, change, conversationSchema),
    update: (change) => rest.run('PATCH', `${path}/me`, change),
  }
}
