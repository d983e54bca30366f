import type { Event } from '@confab/protocol/event'
import { defaultLimits } from '@confab/protocol/limits'
import { type Me, type User, user as userSchema } from '@confab/protocol/user'
import type { ChatEvents, ConversationHandle } from './chat.ts'
import { ChosenStatusTeller } from './chosen-status.ts'
import { Connection, type ConnectionHandlers } from './connection.ts'
import { conversationHandle } from './conversation-handle.ts'
import { CopyKeeper } from './copy-keeper.ts'
import { DeliveredCursors } from './delivered-cursors.ts'
import { Directory } from './directory.ts'
import { Drafts } from './drafts.ts'
import { Emitter } from './emitter.ts'
import { FetchMissing } from './fetch-missing.ts'
import { FetchedMessages } from './fetched-messages.ts'
import { HistoryLoader } from './history-loader.ts'
import { cursorOf } from './local-conversation.ts'
import { LocalCopies } from './local-copies.ts'
import { MessageActions } from './message-actions.ts'
import { closedMessagesMax, joinMessages, keepMessages, openMessagesMax, takePage } from './message-window.ts'
import { OldWindows } from './old-windows.ts'
import type { Edges } from './options.ts'
import { Outbox } from './outbox.ts'
import { People } from './people.ts'
import { PresenceWatch } from './presence-watch.ts'
import { ReadCursors } from './read-cursors.ts'
import { Rest } from './rest.ts'
import { ServerClock } from './server-clock.ts'
import { Shown } from './shown.ts'
import type { ChatStorage } from './storage.ts'
import { type Call, SyncEngine } from './sync-engine.ts'
import { Timers } from './timers.ts'
import { Typing } from './typing.ts'
import { cell, Notifier } from './value.ts'

export interface PartsOptions {
  origin: string
  token: (() => Promise<string>) | undefined
  storage: ChatStorage
  edges: Edges
}

export type ChatParts = ReturnType<typeof joinParts>

/**
 * Joins the parts, each of which knows nothing of the others: the connection, the sync engine and what
 * fetches for it, the outbox, and the views. What a part has to say to another passes through here.
 */
export function joinParts({ origin, token, storage, edges }: PartsOptions, handlers: ConnectionHandlers) {
  const { clock, random, log, newId } = edges
  const notifier = new Notifier(log)
  /** Of the present connection; none of it goes on when that is gone. */
  const timers = new Timers(clock)
  const serverClock = new ServerClock(clock)
  const emitter = new Emitter<ChatEvents>(notifier)
  const copies = new LocalCopies()
  const ready = cell(notifier, false)
  const me = cell<Me | undefined>(notifier, undefined)
  const limits = cell(notifier, defaultLimits)

  const connection = new Connection({ origin, token, edges, notifier, handlers })
  const call: Call = (method, params) => connection.call(method, params)
  const rest = new Rest({ origin, token, fetch: edges.fetch })
  const copy = (id: string) => copies.get(id)
  const viewer = () => engine.viewer
  const changed = (id: string) => {
    shown.changed(id)
    windows.changed(id)
  }
  const now = () => serverClock.now()
  const once = { call, timers, random, log, clock, notifier, copy, changed, viewer, now, newId, origin, rest }

  const keeper =
    storage.copy &&
    new CopyKeeper({
      ...once,
      store: storage.copy,
      tabs: storage.tabs,
      name: `confab copy ${origin}`,
      state: () => engine.state && { ...engine.state, me: me.get() },
      entries: () => copies.entries(),
      users: () => people.known(),
    })
  const people = new People({ ...once, changed: (user) => keeper?.user(user) })
  const chosen = new ChosenStatusTeller(once)
  const typing = new Typing(once)
  const presence = new PresenceWatch(once)
  const outbox = new Outbox({
    ...once,
    store: storage.outbox,
    tabs: storage.tabs,
    seenSeq: (id) => copy(id)?.conversation.me?.readSeq,
  })
  const drafts = new Drafts({
    ...once,
    store: storage.drafts,
    tell: (id, draft) => rest.run('PATCH', `/api/v1/conversations/${encodeURIComponent(id)}/me`, { draft }),
  })
  const engine = new SyncEngine(
    call,
    copies,
    {
      changed: (id) => copyChanged(id),
      folded: (event) => folded(event),
      began(id, messages) {
        keeper?.began(id)
        for (const message of messages) if (message.senderId === viewer()) outbox.arrived(message)
      },
      repair: (id) => missing.repair(id),
      refresh: (id) => missing.refresh(id),
      tellRead: (id) => reads.tell(id),
      outOfSync: () => connection.restart(),
      me: (next) => takeMe(next),
      users(users) {
        for (const user of users) people.take(user)
      },
      reset: (epoch) => reset(epoch),
    },
    log,
  )
  const directory = new Directory({
    rest,
    newId,
    rev: () => engine.rev,
    takeUser: (user) => people.take(user),
    takeMe,
    takeConversation: (conversation, rev) => engine.conversation({ conversation, rev }),
  })
  const missing = new FetchMissing({
    ...once,
    rev: () => engine.rev,
    event: (event) => engine.event(event),
    answered: (ids, items, rev) => engine.answered(ids, items, rev),
    gone: (id) => engine.gone(id),
  })
  const reads = new ReadCursors({
    ...once,
    confirmed: (id, seq) =>
      engine.change(id, (local) => ({ ...local, confirmedRead: Math.max(local.confirmedRead, seq) })),
  })
  const history = new HistoryLoader({
    ...once,
    ready: () => ready.get(),
    kept: async (id, before, limit) => await keeper?.earlier(id, before, limit),
    trim: (id, max) => engine.change(id, (local) => keepMessages(local, max)),
    takePage(id, page) {
      let outcome: 'taken' | 'stale' | 'moved' = 'moved'
      engine.change(id, (local, by) => {
        const taken = takePage(local, page, by)
        outcome = typeof taken === 'string' ? taken : 'taken'
        return typeof taken === 'string' ? local : taken
      })
      return outcome
    },
  })
  const actions = new MessageActions({
    ...once,
    cursor: (id) => copy(id)?.conversation.head,
    event: (event) => engine.event(event),
  })
  const fetched = new FetchedMessages(once)
  const delivered = new DeliveredCursors({ ...once, hidden: () => chosen.isInvisible })
  const shown = new Shown({ notifier, viewer, store: copies, actions, fetched, outbox, history, typing })

  const windows = new OldWindows({
    ...once,
    shown: (local, message) => actions.shown(local, message),
    join: (id, messages) => engine.change(id, (local) => joinMessages(local, messages)),
    timeline: (id) => shown.view(id).timeline,
    open: (id) => history.open(id),
    loadEarlier: (id) => history.loadEarlier(id),
  })

  const handles = new Map<string, ConversationHandle>()
  const doors = { actions, rest, outbox, history, typing, engine, drafts, windows }
  function conversation(id: string): ConversationHandle {
    const known = handles.get(id)
    if (known) return known
    const handle = conversationHandle(id, { ...doors, view: shown.view(id) })
    handles.set(id, handle)
    return handle
  }

  /** One is a person among others too. */
  function takeMe(next: Me): void {
    me.set(next)
    takeUser(userSchema.parse(next))
  }

  function takeUser(user: User): void {
    people.take(user)
    engine.user(user)
  }

  function copyChanged(id: string): void {
    const local = copies.get(id)
    keeper?.changed(id)
    if (local) {
      outbox.reached(id, cursorOf(local))
      actions.reached(id, cursorOf(local))
      delivered.check(id)
      const max = history.isOpen(id) ? openMessagesMax : closedMessagesMax
      if (local.messages.length > max) engine.change(id, (long) => keepMessages(long, max))
      history.check(id)
    } else {
      actions.reached(id, Number.POSITIVE_INFINITY)
      fetched.drop(id)
      shown.gone(id)
    }
    drafts.changed(id)
    changed(id)
  }

  function folded(event: Event): void {
    keeper?.folded(event)
    if (event.type === 'message.created') {
      const { message } = event.data
      typing.take(event.conversationId, message.senderId, false)
      if (message.senderId === viewer()) outbox.arrived(message)
    }
    actions.folded(event)
    emitter.emit('event', event)
    if (event.type === 'message.created' && event.actorId !== viewer())
      emitter.emit('message', {
        message: event.data.message,
        conversation: conversation(event.conversationId),
      })
  }

  function reset(epoch: string): void {
    ready.set(false)
    me.set(undefined)
    outbox.copiesDropped()
    actions.dropAll()
    delivered.clear()
    people.clear()
    keeper?.replace()
    emitter.emit('reset', { epoch })
  }

  const state = { ready, me, limits }
  const coming = { connection, serverClock, timers, emitter, keeper, copies }
  const told = { people, chosen, typing, presence, outbox, drafts, engine, directory, missing, reads, rest }
  return {
    ...state,
    ...coming,
    ...told,
    history,
    windows,
    actions,
    fetched,
    delivered,
    shown,
    conversation,
    takeUser,
  }
}
