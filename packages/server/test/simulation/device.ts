import type { Chat } from '@confab/client/chat'
import { connect } from '@confab/client/connect'
import { MemoryDisk, memoryLocalStore } from '@confab/client/memory-local-store'
import type { Edges } from '@confab/client/options'
import { type ChatStorage, memoryStorage } from '@confab/client/storage'
import type { UserId } from '@confab/protocol/ids'
import type { Network } from './network.ts'
import type { Dice } from './seeded-random.ts'
import type { PartyClock, Timeline } from './timeline.ts'

export interface DeviceOptions {
  name: string
  userId: UserId
  timeline: Timeline
  dice: Dice
  network: Network
  /** Whose presence it shows from its start on. */
  watches: readonly UserId[]
  violate(what: string): void
}

/** What a person asked for and hasn't been told the outcome of. Each ends, if its process lives. */
export type Unanswered = Set<Promise<unknown>>

/** A person's device: the real SDK, on a network of its own, with a disk that may outlive the process. */
export class Device {
  readonly name: string
  readonly userId: UserId
  readonly network: Network
  disk = newDisk()
  unanswered: Unanswered = new Set()
  readonly #options: DeviceOptions
  #chat: Chat | undefined
  #clock: PartyClock | undefined
  #ids = 0
  /** How far each conversation was told to listeners, and how far their cursors were seen to have come. */
  #told = new Map<string, number>()
  #seen = new Map<string, number>()
  #looked: unknown
  /** Whose presence it shows, and how to show it no more. */
  #watched = new Map<UserId, () => void>()

  constructor(options: DeviceOptions) {
    this.#options = options
    this.name = options.name
    this.userId = options.userId
    this.network = options.network
    this.start()
  }

  get chat(): Chat {
    if (!this.#chat) throw new Error(`${this.name} is off`)
    return this.#chat
  }

  /** It is connected, by a link that works, and waits for nothing. */
  get isSettled(): boolean {
    const isOnline = this.chat.status.get().status === 'online'
    return isOnline && this.unanswered.size === 0 && this.network.works
  }

  knows(conversationId: string): boolean {
    return this.chat.conversation(conversationId).info.get() !== undefined
  }

  start(): void {
    const { timeline, dice, network, violate } = this.#options
    const clock = timeline.clock()
    this.#clock = clock
    this.#forget()
    const edges: Edges = {
      openSocket: () => network.connect(),
      fetch: (url, init) => this.#whileRunning(clock, network.fetch(url, init)),
      clock,
      random: dice.next,
      newId: () => `${this.name}-${++this.#ids}`,
      onWake: () => () => undefined,
      log: (level, what, about) => {
        if (level === 'error' || what.startsWith('unreadable'))
          violate(`${this.name}: ${what} ${JSON.stringify(about)} ${about}`)
      },
    }
    const { userId } = this
    this.#chat = connect({
      url: 'http://confab.test',
      token: userId,
      userId,
      storage: open(this.disk),
      edges,
    })
    this.#chat.on('event', ({ conversationId, seq }) => {
      const told = this.#told.get(conversationId) ?? 0
      if (seq <= told) violate(`${this.name} was told event ${seq} of ${conversationId} after ${told}`)
      this.#told.set(conversationId, seq)
    })
    this.#chat.on('reset', () => this.#forget())
    this.#watched = new Map()
    for (const id of this.#options.watches) this.watch(id)
  }

  get watched(): UserId[] {
    return [...this.#watched.keys()]
  }

  watch(id: UserId): void {
    if (this.#watched.has(id)) return
    this.#watched.set(
      id,
      this.chat.presence(id).subscribe(() => undefined),
    )
  }

  unwatch(id: UserId): void {
    this.#watched.get(id)?.()
    this.#watched.delete(id)
  }

  /** The process is gone, in the middle of whatever it did. */
  kill({ told, keepsDisk }: { told: boolean; keepsDisk: boolean }): void {
    this.#clock?.stop()
    this.network.died(told)
    this.unanswered = new Set()
    if (!keepsDisk) this.disk = newDisk()
  }

  /** REST beside the SDK, for what it has no call for. */
  request(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = { authorization: `Bearer ${this.userId}`, 'content-type': 'application/json' }
    return this.network.fetch(`http://confab.test${path}`, { method, headers, body: JSON.stringify(body) })
  }

  stepClock(ms: number): void {
    this.#clock?.stepBy(ms)
  }

  /** A refusal is an answer too. */
  follow(answer: Promise<unknown>): void {
    const { unanswered } = this
    unanswered.add(answer)
    const answered = () => unanswered.delete(answer)
    answer.then(answered, answered)
  }

  /** To be called now and then: no cursor that is shown may go back. */
  look(): void {
    const all = this.chat.conversations.get()
    if (all === this.#looked) return
    this.#looked = all
    const held = new Set<string>()
    for (const { conversation } of all) {
      const { id, head, me, members } = conversation
      held.add(id)
      this.#forward(`${id} head`, head)
      if (me) this.#forward(`${id} read`, me.readSeq)
      for (const { user, readSeq, deliveredSeq } of members) {
        this.#forward(`${id} read by ${user.id}`, readSeq ?? 0)
        this.#forward(`${id} delivered to ${user.id}`, deliveredSeq ?? 0)
      }
    }
    for (const key of this.#seen.keys()) if (!held.has(key.split(' ')[0] ?? '')) this.#seen.delete(key)
    for (const id of this.#told.keys()) if (!held.has(id)) this.#told.delete(id)
  }

  /** What is answered to a process that is gone, nobody hears. */
  #whileRunning<Answer>(clock: PartyClock, answer: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const isRunning = () => this.#clock === clock
      answer.then(
        (value) => isRunning() && resolve(value),
        (cause) => isRunning() && reject(cause),
      )
    })
  }

  #forward(key: string, seq: number): void {
    const before = this.#seen.get(key) ?? 0
    if (seq < before) this.#options.violate(`${this.name}: ${key} went back from ${before} to ${seq}`)
    this.#seen.set(key, seq)
  }

  #forget(): void {
    this.#told = new Map()
    this.#seen = new Map()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chat?.close()
  }
}

/** What outlives the process: the copy of the conversations, what is unsent, and drafts. */
interface Disk {
  readonly copy: MemoryDisk
  readonly kept: ChatStorage
}

const newDisk = (): Disk => ({ copy: new MemoryDisk(), kept: memoryStorage() })

const open = ({ copy, kept }: Disk): ChatStorage => ({ ...kept, copy: memoryLocalStore(copy) })
