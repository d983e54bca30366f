import { closeCode } from '@confab/protocol/close-codes'
import { encodePush } from '@confab/protocol/frames'
import { heartbeatMs as usualHeartbeatMs } from '@confab/protocol/limits'
import { Refusal } from '@confab/protocol/refusal'
import { heldBackBy } from '../../domain/accounts/may-go-on.ts'
import type { Domain } from '../../domain/domain.ts'
import { assert } from '../../lib/assert.ts'
import { isoTime } from '../../lib/clock.ts'
import type { Identity, Session } from '../../ports/identity.ts'
import { type Connection, isSignedIn } from './connection.ts'
import type { UserHub } from './user-hub.ts'

/** Makes a connection somebody's: looks whether they may come in, tells of them, and greets them. */
export interface Entrance {
  /** Signs in, or closes the connection and says why. */
  enter(connection: Connection, session: Session): Promise<void>
  /** The same where it has been looked at already whether they may. */
  signIn(connection: Connection, session: Session): Promise<void>
  /** The call `auth`. Refuses `unauthenticated`. */
  auth(connection: Connection, token: string): Promise<Record<string, never>>
  /** What to do where signing in failed. */
  endBroken(connection: Connection): (cause: unknown) => void
}

export interface EntranceOptions {
  domain: Domain
  identity: Pick<Identity, 'living' | 'verify'>
  hub: Pick<UserHub, 'add'>
  heartbeatMs?: number | undefined
}

export function openEntrance({
  domain,
  identity,
  hub,
  heartbeatMs = usualHeartbeatMs,
}: EntranceOptions): Entrance {
  const { store, presence, clock, limits, rateLimits: limiter, report } = domain

  async function enter(connection: Connection, session: Session) {
    if (await mayEnter(connection, session)) await signIn(connection, session)
  }

  /** Whether who has opened a socket may sign in, as often as they do; else it is closed. */
  async function mayEnter(connection: Connection, session: Session): Promise<boolean> {
    const over = await tooManyOf(limiter?.take('connections', session.userId))
    // Looked at here, since two calls may have come at once.
    if (connection.session) throw new Refusal('conflict', { detail: 'This connection is signed in' })
    if (over) {
      connection.close(over.code, over.reason)
      return false
    }
    const held = await heldBackBy(domain, session)
    if (!held) return !connection.closed
    // A ticket outlives the session that it was issued to.
    if (await isLiving(session)) connection.close(closeCode.originRefused, held)
    else connection.close(closeCode.signedOut, 'signed out')
    return false
  }

  const isLiving = async ({ sessionId }: Session) => (await identity.living([sessionId])).has(sessionId)

  /** What is said meanwhile waits for its end: an answer before the hub hears of changes could hide one. */
  async function signIn(connection: Connection, session: Session) {
    connection.session = session
    assert(isSignedIn(connection), 'just signed in')
    await hub.add(connection)
    // From here on the hub hears of the session's end; it may have ended before, on any node.
    if (!(await isLiving(session))) return connection.close(closeCode.signedOut, 'signed out')
    // Closed meanwhile, it has said goodbye: to the hub, and to a board that it was not on.
    if (connection.closed) return
    await presence.connect(session.userId, connection.id)
    // No board promises that what is said of a connection is done in the order in which it was said.
    if (connection.closed) return presence.disconnect(session.userId, connection.id)
    connection.send(
      encodePush('hello', {
        userId: session.userId,
        connectionId: connection.id,
        sessionId: session.sessionId,
        epoch: store.epoch,
        serverTime: isoTime(clock.now()),
        heartbeatMs,
        limits,
      }),
    )
  }

  return {
    enter,
    signIn,
    async auth(connection, token) {
      const session = await identity.verify(token)
      if (!session) throw new Refusal('unauthenticated')
      if (connection.closed) return {}
      await enter(connection, session)
      return {}
    },
    endBroken: (connection) => (cause) => {
      report('gateway: a sign-in failed', cause)
      connection.close(1011, 'try again')
    },
  }
}

/** Why a socket that is one too many is to be closed; undefined for one that isn't. */
export async function tooManyOf(taken: Promise<void> | undefined) {
  try {
    await taken
    return undefined
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause
    const reason = `retry-after-ms=${cause.retryAfterMs ?? 0}`
    return { admitted: 'refused', code: closeCode.tooManyCalls, reason } as const
  }
}
