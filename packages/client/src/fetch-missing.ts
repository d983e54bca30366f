import type { Conversation } from '@confab/protocol/conversation'
import type { Event } from '@confab/protocol/event'
import { eventsPage, listItems } from '@confab/protocol/limits'
import { Refusal } from '@confab/protocol/refusal'
import { retryMs } from './back-off.ts'
import { ConnectionLost } from './connection-lost.ts'
import { cursorOf, isBehind, type LocalConversation } from './local-conversation.ts'
import type { Log } from './options.ts'
import type { Call } from './sync-engine.ts'
import { adoptBeyond } from './take-snapshot.ts'
import type { Timers } from './timers.ts'

/** Gaps that are mended at once. */
export const repairsMax = 4
/** A head that was only heard of: its events are probably on their way. */
export const graceMs = 300
/** Before events that were heard of and could not be had are asked for again. */
export const staleMs = 1_000
/** Between two rounds of snapshots, so that whatever keeps asking for one doesn't keep the server busy. */
export const refreshEveryMs = 500

interface Missing {
  call: Call
  timers: Timers
  random: () => number
  log: Log
  copy(conversationId: string): LocalConversation | undefined
  rev(): number
  event(event: Event): void
  answered(ids: readonly string[], items: readonly Conversation[], rev: number): void
  gone(conversationId: string): void
}

/**
 * Fetches what copies miss: the events of a gap, or a whole new snapshot.
 * All is void when the connection goes.
 */
export class FetchMissing {
  readonly #missing: Missing
  /** Waiting or under way: conversations with a gap, and those that need a snapshot. */
  #gaps = new Set<string>()
  #repairing = 0
  #doubtful = new Set<string>()
  #refreshing = false
  #connection = 0

  constructor(missing: Missing) {
    this.#missing = missing
  }

  down(): void {
    this.#connection++
    this.#gaps.clear()
    this.#doubtful.clear()
    this.#repairing = 0
    this.#refreshing = false
  }

  /** Fetches the events up to what was heard of. */
  repair(id: string): void {
    const local = this.#missing.copy(id)
    if (!local || this.#gaps.has(id)) return
    if (local.headSeen - cursorOf(local) > adoptBeyond) this.refresh(id)
    else {
      this.#gaps.add(id)
      this.#after(local.ahead.size > 0 ? 0 : graceMs, () => this.#startRepair(id))
    }
  }

  #startRepair(id: string): void {
    if (this.#repairing >= repairsMax) {
      this.#after(graceMs, () => this.#startRepair(id))
      return
    }
    this.#repairing++
    this.#attempt(
      () => this.#repairOnce(id),
      (again) => {
        this.#repairing--
        const local = this.#missing.copy(id)
        if (again !== undefined) return this.#after(again, () => this.#startRepair(id))
        this.#gaps.delete(id)
        if (local && isBehind(local)) this.repair(id)
      },
    )
  }

  async #repairOnce(id: string): Promise<number | undefined> {
    const { call, copy, event, gone } = this.#missing
    const local = copy(id)
    if (!local || !isBehind(local)) return undefined
    try {
      const asked = { conversationId: id, after: cursorOf(local), limit: eventsPage.max }
      const { events } = await call('events', asked)
      for (const one of events) event(one)
      // Asked of a replica that is itself behind, the same question would go round and round.
      return events.length === 0 ? staleMs : undefined
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'not_found')) throw error
      gone(id)
      return undefined
    }
  }

  /** Fetches the conversation as the server has it now, together with others that need it. */
  refresh(id: string): void {
    this.#doubtful.add(id)
    if (this.#refreshing) return
    this.#refreshing = true
    this.#after(0, () => this.#startRefresh())
  }

  #startRefresh(): void {
    const ids = [...this.#doubtful].slice(0, listItems.max)
    for (const id of ids) this.#doubtful.delete(id)
    const rev = this.#missing.rev()
    let unanswered = false
    const fetch = async () => {
      const { items, left = [] } = await this.#missing.call('conversations', { ids })
      // What didn't fit into one frame is asked for again.
      const cut = new Set<string>(left)
      for (const id of cut) this.#doubtful.add(id)
      unanswered = cut.size > 0
      this.#missing.answered(
        ids.filter((id) => !cut.has(id)),
        items,
        rev,
      )
      return undefined
    }
    this.#attempt(fetch, (again) => {
      if (again !== undefined) for (const id of ids) this.#doubtful.add(id)
      const full = unanswered || ids.length === listItems.max
      this.#after(again ?? (full ? 0 : refreshEveryMs), () => {
        this.#refreshing = false
        const [next] = this.#doubtful
        if (next !== undefined) this.refresh(next)
      })
    })
  }

  /**
   * `done` is told when to try again, where that makes sense; it is not called once the connection is gone.
   */
  #attempt(work: () => Promise<number | undefined>, done: (againMs: number | undefined) => void): void {
    const connection = this.#connection
    const finish = (againMs?: number) => {
      if (connection === this.#connection) done(againMs)
    }
    work().then(finish, (error: unknown) => {
      const { random, log } = this.#missing
      if (!(error instanceof Refusal || error instanceof ConnectionLost))
        log('error', 'fetching failed', error)
      finish(retryMs(error instanceof Refusal ? error.retryAfterMs : undefined, 3, random))
    })
  }

  #after(ms: number, run: () => void): void {
    if (ms === 0) {
      const connection = this.#connection
      queueMicrotask(() => {
        if (connection === this.#connection) run()
      })
    } else this.#missing.timers.after(ms, run)
  }
}
