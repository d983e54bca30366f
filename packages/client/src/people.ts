import { type User, user as userSchema } from '@confab/protocol/user'
import { listOf } from './list.ts'
import type { Log } from './options.ts'
import type { Rest } from './rest.ts'
import type { Timers } from './timers.ts'
import { type Cell, cell, type Notifier, type Value } from './value.ts'

/** People asked for at once, and how long to wait for others that are wanted too. */
export const usersPerCall = 50
export const gatherMs = 20
/** Before those that could not be had are asked for again. */
export const tryAgainMs = 5_000

interface PeopleOptions {
  rest: Rest
  timers: Timers
  notifier: Notifier
  log: Log
  /** Somebody is known newly, or otherwise than before. */
  changed(user: User): void
}

/** The people that are known; who isn't, and is looked at, is fetched together with others. */
export class People {
  readonly #options: PeopleOptions
  /** Everybody who shares a conversation or was asked about: small, and needed offline. */
  readonly #values = new Map<string, Cell<User | undefined>>()
  readonly #wanted = new Set<string>()
  #online = false
  #gathering = false

  constructor(options: PeopleOptions) {
    this.#options = options
  }

  value(id: string): Value<User | undefined> {
    const value = this.#cell(id)
    if (!value.get()) this.#want(id)
    return value
  }

  /** An older word about somebody doesn't replace a newer one. */
  take(user: User): void {
    const value = this.#cell(user.id)
    const known = value.get()
    this.#wanted.delete(user.id)
    if (known && known.updatedAt >= user.updatedAt) return
    value.set(user)
    this.#options.changed(user)
  }

  /** Everybody who is known. */
  known(): User[] {
    return [...this.#values.values()].flatMap((value) => value.get() ?? [])
  }

  online(): void {
    this.#online = true
    if (this.#wanted.size > 0) this.#gather(gatherMs)
  }

  down(): void {
    this.#online = false
    this.#gathering = false
  }

  clear(): void {
    this.#wanted.clear()
    for (const value of this.#values.values()) value.set(undefined)
  }

  #cell(id: string): Cell<User | undefined> {
    const known = this.#values.get(id)
    if (known) return known
    const value = cell<User | undefined>(this.#options.notifier, undefined)
    this.#values.set(id, value)
    return value
  }

  #want(id: string): void {
    this.#wanted.add(id)
    this.#gather(gatherMs)
  }

  #gather(ms: number): void {
    if (this.#gathering || !this.#online) return
    this.#gathering = true
    this.#options.timers.after(ms, () => void this.#fetch())
  }

  async #fetch(): Promise<void> {
    const ids = [...this.#wanted].slice(0, usersPerCall)
    const query = new URLSearchParams({ ids: ids.join(','), limit: String(usersPerCall) })
    let waitMs = gatherMs
    try {
      const users = await this.#options.rest.get(`/api/v1/users?${query}`, listOf(userSchema))
      // Who isn't in the answer doesn't exist, and is not asked for again.
      for (const id of ids) this.#wanted.delete(id)
      for (const user of users) this.take(user)
    } catch (error) {
      this.#options.log('warn', 'people could not be fetched', error)
      waitMs = tryAgainMs
    }
    this.#gathering = false
    if (this.#wanted.size > 0) this.#gather(waitMs)
  }
}
