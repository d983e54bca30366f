import { conversation as conversationSchema } from '@confab/protocol/conversation'
import type { ConversationHandle } from './chat.ts'
import type { ConversationView } from './conversation-views.ts'
import type { HistoryLoader } from './history-loader.ts'
import { cursorOf } from './local-conversation.ts'
import type { Outbox } from './outbox.ts'
import type { Rest } from './rest.ts'
import type { SyncEngine } from './sync-engine.ts'
import type { Typing } from './typing.ts'
import { readAtLeast } from './unread.ts'

interface HandleParts {
  view: ConversationView
  rest: Rest
  outbox: Outbox
  history: HistoryLoader
  typing: Typing
  engine: SyncEngine
}

/** One conversation's door to the parts that do its work. */
export function conversationHandle(id: string, parts: HandleParts): ConversationHandle {
  const { view, rest, outbox, history, typing, engine } = parts
  const path = `/api/v1/conversations/${encodeURIComponent(id)}`
  const memberPath = (userId: string) => `${path}/members/${encodeURIComponent(userId)}`
  return {
    id,
    info: view.info,
    members: view.members,
    timeline: view.timeline,
    typing: view.typing,
    open: () => history.open(id),
    loadEarlier: () => history.loadEarlier(id),
    send(content) {
      typing.sent(id)
      return outbox.send(id, typeof content === 'string' ? { text: content } : content)
    },
    retry: (clientId) => outbox.retry(id, clientId),
    discard: (clientId) => outbox.discard(id, clientId),
    read: (seq) => engine.change(id, (local, viewer) => readAtLeast(local, seq ?? cursorOf(local), viewer)),
    setTyping: (value) => typing.setMine(id, value),
    leave: () => rest.run('POST', `${path}/leave`),
    async addMembers(userIds) {
      for (const userId of userIds) await rest.run('PUT', memberPath(userId), {})
    },
    removeMember: (userId) => rest.run('DELETE', memberPath(userId)),
    change: (change) => rest.patch(path, change, conversationSchema),
    update: (change) => rest.run('PATCH', `${path}/me`, change),
  }
}
