import type { CallParams, CallResults, HistoryPage, Method } from '@confab/protocol/calls'
import type { UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import { permissionOf } from '@confab/protocol/permissions'
import { accessConversation } from '../../domain/conversations/access.ts'
import { listConversations } from '../../domain/conversations/find-conversations.ts'
import { fitting, fittingAround } from '../../domain/delivery/fitting.ts'
import { type SyncBounds, sync, syncBounds } from '../../domain/delivery/sync.ts'
import type { Domain } from '../../domain/domain.ts'
import { deleteMessage, editMessage, pin, react } from '../../domain/messages/act-on-message.ts'
import { readEvents, readHistory } from '../../domain/messages/read-log.ts'
import { sendMessage } from '../../domain/messages/send-message.ts'
import type { PresenceWatch } from '../../domain/presence/presence-watch.ts'
import { moveCursor } from '../../domain/receipts/move-cursor.ts'
import { actingFrom } from '../../domain/security/act.ts'
import type { TypingBoard } from '../../domain/typing/typing-board.ts'
import type { ClockSetBacks } from '../../lib/clock-set-backs.ts'
import type { SignedIn } from './connection.ts'
import type { Subscriptions } from './subscriptions.ts'

/** What a signed-in connection may call, `auth` apart. Each answers with a result or throws a Refusal. */
export type Calls = {
  [M in Exclude<Method, 'auth'>]: (connection: SignedIn, params: CallParams[M]) => Promise<CallResults[M]>
}

export interface CallsOptions {
  domain: Domain
  subscriptions: Subscriptions
  presenceWatch: PresenceWatch
  typing: TypingBoard
  syncBounds?: SyncBounds | undefined
  setBacks: ClockSetBacks
}

export function openCalls({
  domain,
  subscriptions,
  presenceWatch,
  typing,
  syncBounds: bounds = syncBounds,
  setBacks,
}: CallsOptions): Calls {
  /** Who is invisible neither types nor receives, as far as others can tell. */
  async function isSeen(userId: UserId): Promise<boolean> {
    const [self] = await domain.presence.look([userId])
    return self?.status !== 'offline'
  }

  return {
    async sync(connection, params) {
      connection.synced = true
      connection.movesOnNotice = params.movesOnNotice === true
      const standing = await subscriptions.enter(connection)
      return sync(domain, connection.session.userId, params, { standing, bounds, setBacks })
    },
    async conversations({ session: { userId } }, { ids, ...list }) {
      if (!ids) return fittingList(list, (page) => listConversations(domain, userId, page))
      const found = await domain.store.conversations({ ids, viewerId: userId })
      const items = fitting(found)
      const left = found.slice(items.length).map(({ id }) => id)
      return { items, next: null, ...(left.length > 0 && { left }) }
    },
    async 'message.send'({ session, sendsInOrder }, params) {
      const sending = { ...params, senderId: session.userId }
      const { message } = await sendMessage(domain, sending, sendsInOrder)
      return { message }
    },
    async 'message.edit'({ session }, params) {
      return { event: await editMessage(domain, { ...params, actorId: session.userId }) }
    },
    async 'message.delete'({ session, address }, params) {
      const acting = actingFrom(domain, { address })
      return { event: await deleteMessage(acting, { ...params, actorId: session.userId }) }
    },
    async 'message.react'({ session }, params) {
      return { event: await react(domain, { ...params, actorId: session.userId, on: true }) }
    },
    async 'message.unreact'({ session }, params) {
      return { event: await react(domain, { ...params, actorId: session.userId, on: false }) }
    },
    async 'message.pin'({ session }, params) {
      return { event: await pin(domain, { ...params, actorId: session.userId, on: true }) }
    },
    async 'message.unpin'({ session }, params) {
      return { event: await pin(domain, { ...params, actorId: session.userId, on: false }) }
    },
    async events({ session }, params) {
      return readEvents(domain, session.userId, params)
    },
    async history({ session }, params) {
      const { messages, head } = await readHistory(domain, session.userId, params)
      return { ...fittingPage(messages, params), head }
    },
    async read({ session }, { conversationId, seq }) {
      await moveCursor(domain, session.userId, { conversationId, cursor: 'read', seq })
      return {}
    },
    async delivered({ session: { userId } }, { conversationId, seq }) {
      if (await isSeen(userId)) await moveCursor(domain, userId, { conversationId, cursor: 'delivered', seq })
      return {}
    },
    async typing({ session: { userId } }, { conversationId, typing: isTyping }) {
      const access = await accessConversation(domain, conversationId, userId)
      const maySend = !access.shut && permissionOf('message.send', access) === 'yes'
      if (maySend && (await isSeen(userId))) typing.set(conversationId, userId, isTyping)
      return {}
    },
    async 'presence.set'({ session: { userId }, id }, { status, again }) {
      if (again === true && (status === 'online' || status === 'away'))
        await domain.presence.setConnection(userId, id, status)
      else await domain.presence.choose(userId, id, status)
      return {}
    },
    async 'presence.watch'(connection, { userIds }) {
      return { presences: await presenceWatch.watch(connection, userIds) }
    },
    async 'presence.unwatch'(connection, { userIds }) {
      presenceWatch.unwatch(connection, userIds)
      return { presences: [] }
    },
    async ping() {
      return {}
    },
  }
}

/** A page of a list that fits into a frame: cut short, its cursor is that of the shorter page. */
async function fittingList<Item>(
  page: { cursor?: string | undefined; limit: number },
  read: (page: {
    cursor?: string | undefined
    limit: number
  }) => Promise<{ items: Item[]; next: string | null }>,
) {
  const whole = await read(page)
  const { length } = fitting(whole.items)
  return length === whole.items.length || length === 0 ? whole : read({ ...page, limit: length })
}

/**
 * Of a page of history that doesn't fit what lies next to where it was asked for,
 * so that no hole is left there.
 */
function fittingPage(whole: Message[], { after, around }: HistoryPage) {
  const first = around === undefined ? -1 : whole.findIndex(({ seq }) => seq >= around)
  const messages = fittingAround(whole, after !== undefined ? 0 : first === -1 ? whole.length : first)
  const held = new Set(messages)
  const left = whole.filter((message) => !held.has(message)).map(({ seq }) => seq)
  return { messages, ...(left.length > 0 && { left }) }
}
