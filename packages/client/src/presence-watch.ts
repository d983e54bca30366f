import { userId } from '@confab/protocol/ids'
import type { Presence } from '@confab/protocol/presence'
import { Refusal } from '@confab/protocol/refusal'
import { retryMs } from './back-off.ts'
import type { Call } from './sync-engine.ts'
import type { Timers } from './timers.ts'
import { type Cell, cell, type Notifier, type Value } from './value.ts'

/** Presence goes on being watched for a moment: a list that scrolls comes back to it. */
export const unwatchAfterMs = 2_000

interface WatchOptions {
  call: Call
  timers: Timers
  random: () => number
  notifier: Notifier
}

/** Watches the presence of those that anything listens to, with as few calls as possible. */
export class PresenceWatch {
  readonly #options: WatchOptions
  /** One for each person ever asked about, as many as were shown. */
  readonly #values = new Map<string, Cell<Presence>>()
  readonly #wanted = new Set<string>()
  /** What the server watches for this connection. */
  #watched = new Set<string>()
  /** Since the last call went out. */
  readonly #toldMeanwhile = new Set<string>()
  #watchedMax = 0
  #online = false
  #planned = false
  #connection = 0

  constructor(options: WatchOptions) {
    this.#options = options
  }

  value(id: string): Value<Presence> {
    const known = this.#values.get(id)
    if (known) return known
    const parsed = userId.safeParse(id)
    const unknown: Presence | undefined = parsed.success ? offline(parsed.data) : undefined
    const value = cell<Presence>(this.#options.notifier, unknown ?? offline(nobody), (watched) => {
      if (unknown) this.#want(id, watched)
    })
    if (unknown) this.#values.set(id, value)
    return value
  }

  take(presence: Presence): void {
    this.#toldMeanwhile.add(presence.userId)
    this.#values.get(presence.userId)?.set(presence)
  }

  online(watchedMax: number): void {
    this.#online = true
    this.#watchedMax = watchedMax
    this.#plan(0)
  }

  /** Handed over, who is shown stays so until the next connection's watch is answered. */
  down(handedOver: boolean): void {
    this.#online = false
    this.#planned = false
    this.#connection++
    this.#watched.clear()
    if (handedOver) return
    // Who was online may have gone since: nobody tells any more.
    for (const value of this.#values.values()) value.set(offline(value.get().userId))
  }

  #want(id: string, wanted: boolean): void {
    if (wanted) this.#wanted.add(id)
    else this.#wanted.delete(id)
    this.#plan(wanted ? 0 : unwatchAfterMs)
  }

  #plan(ms: number): void {
    if (!this.#online || this.#planned) return
    this.#planned = ms === 0
    const connection = this.#connection
    const settle = () => {
      if (connection !== this.#connection) return
      this.#settle().catch((error: unknown) => {
        if (connection !== this.#connection) return
        this.#planned = false
        const wait = retryMs(
          error instanceof Refusal ? error.retryAfterMs : undefined,
          3,
          this.#options.random,
        )
        this.#options.timers.after(wait, () => this.#plan(0))
      })
    }
    if (ms === 0) queueMicrotask(settle)
    else this.#options.timers.after(ms, () => this.#plan(0))
  }

  /** Makes what is watched what is wanted: first room, then those that are new, as many as are allowed. */
  async #settle(): Promise<void> {
    const { call } = this.#options
    const connection = this.#connection
    const gone = [...this.#watched].filter((id) => !this.#wanted.has(id))
    if (gone.length > 0) await call('presence.unwatch', { userIds: gone })
    if (connection !== this.#connection) return
    for (const id of gone) this.#watched.delete(id)
    const room = this.#watchedMax - this.#watched.size
    const added = [...this.#wanted].filter((id) => !this.#watched.has(id)).slice(0, room)
    if (added.length > 0) {
      for (const presence of await this.#watch(added)) this.#answered(presence)
      if (connection !== this.#connection) return
    }
    this.#planned = false
    const changed =
      [...this.#watched].some((id) => !this.#wanted.has(id)) ||
      (this.#watched.size < this.#watchedMax && [...this.#wanted].some((id) => !this.#watched.has(id)))
    if (changed) this.#plan(unwatchAfterMs)
  }

  /** An answer beside a stream may be older than what was told on it meanwhile, or newer: asked again. */
  #answered(presence: Presence): void {
    const value = this.#values.get(presence.userId)
    const { status, lastSeenAt } = value?.get() ?? presence
    const isOther = status !== presence.status || lastSeenAt !== presence.lastSeenAt
    if (isOther && this.#toldMeanwhile.has(presence.userId)) this.#watched.delete(presence.userId)
    else value?.set(presence)
  }

  /** Refused or unanswered they are asked for again: nobody may have begun to tell of them. */
  async #watch(userIds: string[]): Promise<readonly Presence[]> {
    const connection = this.#connection
    for (const id of userIds) this.#watched.add(id)
    this.#toldMeanwhile.clear()
    try {
      const { presences } = await this.#options.call('presence.watch', { userIds })
      return connection === this.#connection ? presences : []
    } catch (error) {
      if (connection === this.#connection) for (const id of userIds) this.#watched.delete(id)
      throw error
    }
  }
}

const nobody = userId.parse('00000000-0000-7000-8000-000000000000')
const offline = (id: Presence['userId']): Presence => ({ userId: id, status: 'offline', lastSeenAt: null })
