import { drainingNotice } from '@confab/protocol/pushes'
import type { User } from '@confab/protocol/user'
import type { ChatEvents } from './chat.ts'
import type { Connection } from './connection.ts'
import type { Emitter } from './emitter.ts'
import { dispatchPush, isPushMethod, type PushHandlers } from './parse-frame.ts'
import type { PresenceWatch } from './presence-watch.ts'
import type { SyncEngine } from './sync-engine.ts'
import type { Typing } from './typing.ts'

interface PushedParts {
  connection: Connection
  engine: SyncEngine
  typing: Typing
  presence: PresenceWatch
  emitter: Emitter<ChatEvents>
  takeUser(user: User): void
}

/** Leads each push to the part that it is for. */
export function pushTaker({ connection, engine, typing, presence, emitter, takeUser }: PushedParts) {
  const handlers: PushHandlers = {
    hello: (hello) => connection.hello(hello),
    event: (event) => engine.event(event),
    conversation: (push) => engine.ownChange(push),
    me: (push) => engine.me(push),
    receipt: (receipt) => engine.receipt(receipt),
    typing: ({ conversationId, userId, typing: isTyping }) => {
      if (userId !== engine.viewer) typing.take(conversationId, userId, isTyping)
    },
    presence: (push) => presence.take(push),
    user: ({ user }) => takeUser(user),
    notice: (notice) => (notice.code === drainingNotice ? connection.move() : emitter.emit('notice', notice)),
  }
  return (method: string, params: unknown): void => {
    // A later version may push what this one doesn't know.
    if (isPushMethod(method) && !dispatchPush(handlers, method, params))
      connection.unreadable(`${method}: the params don't fit`, params)
  }
}
