import type { Redis } from 'ioredis'
import type { Clock } from '../../lib/clock.ts'
import { createListeners } from '../../lib/listeners.ts'
import type { Report } from '../../lib/report.ts'
import { plainError } from './plain-error.ts'

/**
 * A connection to Redis of which is known whether it answers now.
 *
 *   down ── connected, prepared, a ping answered ──▶ up ── closed, or a ping unanswered for 500 ms ──▶ down
 *
 * What a frozen engine or a dead line holds up is noticed by the pings; a connection that has answered none
 * for a while is made anew.
 */
export interface Link extends AsyncDisposable {
  readonly client: Redis
  readonly isUp: boolean
  /** When it was last surely well, in milliseconds since 1970 UTC; when it was opened, at first. */
  readonly goodAt: number
  /**
   * Calls whenever it is up, with the last time before at which it surely was well: that of its opening,
   * at first.
   */
  onUp(listener: (since: number) => void): () => void
  /** Leaves the connection, of which something is wrong, for another one. */
  renew(): void
  /** Resolves once it is up, or has not come up within a moment. */
  begun: Promise<void>
}

const pingEveryMs = 250
/** Twice what a ping may take, so that an engine which only just wakes is not left. */
const reconnectAfterMs = 5_000
/** A process that was held up itself says nothing about its engines. */
const ownStallMs = 200
/** So long a start waits for an engine; it then begins without it. */
const beginMs = 2_000

export interface LinkOptions {
  client: Redis
  clock: Clock
  report: Report
  /** What must be done on a new connection before it counts as up. */
  prepare?: () => Promise<unknown>
  /** What is asked again and again: rejects where the server answers and serves nobody. */
  ping?: () => Promise<unknown>
}

export function openLink({
  client,
  clock,
  report,
  prepare = async () => undefined,
  ping = () => client.ping(),
}: LinkOptions): Link {
  const ups = createListeners<number>({ name: 'a connection to Redis', report })
  const begun = Promise.withResolvers<void>()
  let isUp = false
  let isPrepared = false
  let isAsking = false
  let isLeaving = false
  let closed = false
  /** Whether it was said already why it is not up. */
  let hasTold = false
  let goodAt = clock.now()
  let lastError: unknown
  let askedAt = clock.elapsed()
  let stalledAt = Number.NEGATIVE_INFINITY
  let renewedAt = clock.elapsed()

  function fall(cause: unknown) {
    const what = isUp ? 'redis: cut off; it is tried again' : 'redis: not reached; it is tried on'
    if ((isUp || !hasTold) && !closed) report(what, plainError(cause))
    hasTold = true
    isUp = false
  }

  async function ask() {
    if (isAsking || isLeaving || closed) return
    isAsking = true
    const at = clock.now()
    try {
      if (!isPrepared) await prepare()
      isPrepared = true
      await ping()
      rise(at)
    } catch (cause) {
      if (clock.elapsed() - stalledAt > 2 * pingEveryMs || client.status !== 'ready') fall(lastError ?? cause)
    } finally {
      isAsking = false
    }
  }

  function rise(at: number) {
    if (isLeaving || closed) return
    const since = goodAt
    goodAt = at
    lastError = undefined
    renewedAt = clock.elapsed()
    if (isUp) return
    isUp = true
    begun.resolve()
    ups.tell(since)
  }

  function renew() {
    fall(new Error('a new connection is made'))
    renewedAt = clock.elapsed()
    // Nothing to leave; and to disturb the search for a server ends it for good where sentinels are asked.
    if (client.status === 'connecting' || client.status === 'reconnecting') return
    isLeaving = true
    client.disconnect(true)
  }

  function connect() {
    // What hinders it is told by the error.
    client.connect().catch((cause) => {
      lastError = cause
    })
  }

  function watch() {
    const now = clock.elapsed()
    if (now - askedAt > pingEveryMs + ownStallMs) stalledAt = now
    askedAt = now
    if (client.status === 'ready') void ask()
    if (client.status === 'end') connect()
    else if (!isUp && now - renewedAt > reconnectAfterMs) renew()
    cancel = clock.after(pingEveryMs, watch)
  }

  client.on('error', (error) => {
    lastError = error
    if (!isUp) fall(error)
  })
  // One that was given up while it was being made ends without having been closed.
  for (const over of ['close', 'end'])
    client.on(over, () => {
      isPrepared = false
      isLeaving = false
      fall(lastError ?? new Error('the connection was closed'))
    })
  client.on('ready', () => void ask())
  let cancel = clock.after(pingEveryMs, watch)
  const cancelBegin = clock.after(beginMs, begun.resolve)
  connect()

  return {
    client,
    begun: begun.promise,
    get isUp() {
      return isUp
    },
    get goodAt() {
      return goodAt
    },
    onUp: (listener) => ups.add(listener),
    renew,
    async [Symbol.asyncDispose]() {
      closed = true
      isUp = false
      cancel()
      cancelBegin()
      begun.resolve()
      ups.clear()
      client.disconnect()
    },
  }
}
