import { closeCode } from '@confab/protocol/close-codes'
import { encodePush } from '@confab/protocol/frames'
import type { SessionId, UserId } from '@confab/protocol/ids'
import type { Receipt } from '@confab/protocol/pushes'
import { peopleChannel } from '../../domain/delivery/channels.ts'
import { openUserFeed } from '../../domain/delivery/user-feed.ts'
import type { Domain } from '../../domain/domain.ts'
import { findMe } from '../../domain/people/find-me.ts'
import type { CursorGate } from '../../domain/receipts/cursor-gate.ts'
import type { BusMessage } from '../../ports/bus.ts'
import type { Identity } from '../../ports/identity.ts'
import type { ChangesSince } from '../../ports/store.ts'
import type { UserChange } from '../../ports/writes.ts'
import type { SignedIn } from './connection.ts'
import type { Subscriptions } from './subscriptions.ts'

/** The users with a socket here: each hears of what is their own on all of them, in order. */
export interface UserHub extends Disposable {
  add(connection: SignedIn): Promise<void>
  remove(connection: SignedIn): void
  connectionsOf(userId: UserId): Iterable<SignedIn>
}

/**
 * How many of the users here are compared at a time with who shares a conversation with a changed one: 1 ms.
 */
const sharingPage = 1_000

export function openUserHub({
  domain,
  identity,
  subscriptions,
  cursors,
}: {
  domain: Domain
  cursors: CursorGate
  identity: Pick<Identity, 'living'>
  subscriptions: () => Subscriptions
}): UserHub {
  const { store, bus, clock, report } = domain
  // Arrays, never changed but replaced: a set costs some 200 bytes, and nearly everybody has one connection.
  const connections = new Map<UserId, readonly SignedIn[]>()
  /** Changes still to be told, one after the other; no entry for who has none. */
  const telling = new Map<UserId, Promise<void>>()

  const feed = openUserFeed({
    ...{ store, bus, clock, report },
    sink: {
      change: queue,
      receipt: tellCursor,
      sessionEnded: endSession,
      notice: sendAll,
      look: lookAtSessions,
      catchUp,
    },
  })

  function sendAll(userId: UserId, ...frames: string[]) {
    for (const connection of connectionsOf(userId)) connection.push(...frames)
  }

  function tellCursor(userId: UserId, told: string) {
    const frame = cursors.pass(told)
    if (frame !== undefined) sendAll(userId, frame)
  }

  function endSession(userId: UserId, sessionId: SessionId) {
    for (const connection of connectionsOf(userId)) {
      if (connection.session.sessionId === sessionId) connection.close(closeCode.signedOut, 'signed out')
    }
  }

  async function lookAtSessions(userIds: readonly UserId[]) {
    const looked = userIds.flatMap((userId) => [...connectionsOf(userId)])
    const living = await identity.living(looked.map(({ session }) => session.sessionId))
    for (const { session, userId } of looked)
      if (!living.has(session.sessionId)) endSession(userId, session.sessionId)
  }

  async function catchUp(userId: UserId, from: number) {
    for (let since: number | null = from; since !== null; ) {
      const { receipts, users, until }: ChangesSince = await store.changedSince(userId, since)
      for (const receipt of receipts) tellCursorOf(userId, receipt)
      if (users.length > 0) sendAll(userId, ...users.map((user) => encodePush('user', { user })))
      since = until !== null && until > since ? until : null
    }
  }

  /** As it was read: where the user has left meanwhile, it is none of theirs any more. */
  function tellCursorOf(userId: UserId, receipt: Receipt) {
    const frame = cursors.pass(encodePush('receipt', receipt))
    if (frame === undefined) return
    for (const connection of connectionsOf(userId))
      if (subscriptions().hears(connection, receipt.conversationId)) connection.push(frame)
  }

  function queue(change: UserChange) {
    const { userId } = change
    const told = (telling.get(userId) ?? Promise.resolve())
      .then(() => tell(change))
      .catch((cause) => report(`gateway: change ${change.userRev} of a user was not told`, cause))
      .finally(() => {
        if (telling.get(userId) === told) telling.delete(userId)
      })
    telling.set(userId, told)
  }

  async function tell(change: UserChange) {
    const { userId, userRev } = change
    switch (change.change) {
      case 'me': {
        const me = await findMe(domain, userId)
        // Who has been erased is nobody's `me` any more, and is signed out.
        return me && sendAll(userId, encodePush('me', { userRev, me }))
      }
      case 'removed': {
        // The events up to the removal are theirs, and come first, whichever was heard of first.
        await subscriptions().catchUp(change.conversationId)
        // Who has been added again meanwhile stays; the change that follows tells.
        await subscriptions().leaveIfGone(userId, change.conversationId)
        return sendAll(userId, encodePush('conversation', { userRev, removed: change.conversationId }))
      }
      case 'conversation': {
        const id = change.conversationId
        return subscriptions().join({
          id,
          connections: () => [...connectionsOf(userId)].filter(({ synced }) => synced),
          async read() {
            const [conversation] = await store.conversations({ ids: [id], viewerId: userId })
            if (conversation?.me)
              return { head: conversation.head, frame: encodePush('conversation', { userRev, conversation }) }
            sendAll(userId, encodePush('conversation', { userRev, removed: id }))
            return undefined
          },
        })
      }
    }
  }

  /** Someone's profile changed: told to those here who share a conversation with them. */
  function hearOfPerson({ body }: BusMessage) {
    tellOfPerson(body as UserId).catch((cause) => report('gateway: a changed profile was not told', cause))
  }

  async function tellOfPerson(changed: UserId) {
    const [user] = await store.users([changed])
    if (!user) return
    const frame = encodePush('user', { user })
    const here = [...connections.keys()]
    for (let from = 0; from < here.length; from += sharingPage) {
      if (from > 0) await new Promise<void>((resolve) => clock.after(0, resolve))
      for (const userId of await store.sharing(changed, here.slice(from, from + sharingPage))) {
        if (userId !== changed) sendAll(userId, frame)
      }
    }
  }

  const connectionsOf = (userId: UserId): Iterable<SignedIn> => connections.get(userId) ?? []

  const hearing = bus.subscribe([peopleChannel], hearOfPerson)
  hearing.catch((cause) => report('gateway: changed profiles will not be told', cause))

  return {
    connectionsOf,
    async add(connection) {
      const { userId } = connection.session
      const others = connections.get(userId) ?? []
      connections.set(userId, [...others, connection])
      await feed.follow(userId)
    },
    remove(connection) {
      const { userId } = connection.session
      const rest = connections.get(userId)?.filter((other) => other !== connection) ?? []
      if (rest.length > 0) return void connections.set(userId, rest)
      connections.delete(userId)
      feed.unfollow(userId)
    },
    [Symbol.dispose]() {
      feed[Symbol.dispose]()
      bus.unsubscribe([peopleChannel], hearOfPerson)
      // What is being read for somebody is told to nobody any more.
      connections.clear()
    },
  }
}
