import type { Bus, BusListener, BusMessage } from '../../src/ports/bus.ts'
import type { Dice } from './seeded-random.ts'
import type { PartyClock, Timeline } from './timeline.ts'

/** How long a message takes at most. */
export const busDelayMs = 40

/**
 * A bus between nodes, as Redis would be one: each node has a connection, which may be cut, and says so
 * when it is back. Order holds within what one node publishes to another. With `losesSilently` messages go
 * missing without a word, which is more than the port allows: the feed stands that too.
 */
export class SimulatedBus {
  readonly #timeline: Timeline
  readonly #dice: Dice
  readonly #ends = new Set<BusEnd>()
  losesSilently = 0

  constructor(timeline: Timeline, dice: Dice) {
    this.#timeline = timeline
    this.#dice = dice
  }

  connect(clock: PartyClock): BusEnd {
    const end = new BusEnd({
      delay: (step) => clock.after(this.#dice.below(busDelayMs / 2), step),
      carry: (from, messages) => this.#carry(from, messages),
      leave: () => this.#ends.delete(end),
    })
    this.#ends.add(end)
    return end
  }

  /** For so long nothing reaches anybody, or one node alone; then they are told. */
  cut(ms: number, which?: BusEnd): void {
    const ends = which ? [which] : [...this.#ends]
    for (const end of ends) end.cuts++
    this.#timeline.after(ms, () => {
      for (const end of ends) end.cuts--
      for (const end of ends) if (!end.isCut && this.#ends.has(end)) end.tellCut()
    })
  }

  #carry(from: BusEnd, messages: readonly BusMessage[]): void {
    for (const end of this.#ends) {
      const at = Math.max(from.clearAt.get(end) ?? 0, this.#timeline.now + this.#dice.below(busDelayMs))
      from.clearAt.set(end, at)
      for (const message of messages) {
        if (this.#dice.chance(this.losesSilently) || end.isCut) continue
        this.#timeline.after(at - this.#timeline.now, () => {
          if (!end.isCut) end.hear(message)
        })
      }
    }
  }
}

interface Cable {
  delay(step: () => void): void
  carry(from: BusEnd, messages: readonly BusMessage[]): void
  leave(): void
}

/** A node's end of it. */
export class BusEnd implements Bus {
  readonly #cable: Cable
  readonly #wanted = new Map<string, Set<BusListener>>()
  readonly #listeners = new Map<string, Set<BusListener>>()
  readonly #cutListeners = new Set<(since?: number) => void>()
  /** When the last message to each other end arrives. */
  readonly clearAt = new Map<BusEnd, number>()
  /** How many cuts it is under at once. */
  cuts = 0
  #gone = false

  constructor(cable: Cable) {
    this.#cable = cable
  }

  get isCut(): boolean {
    return this.cuts > 0
  }

  publish(messages: readonly BusMessage[]): void {
    if (!this.#gone) this.#cable.carry(this, messages)
  }

  subscribe(channels: readonly string[], listener: BusListener): Promise<void> {
    for (const channel of channels) put(this.#wanted, channel, listener)
    return new Promise((resolve) => {
      this.#cable.delay(() => {
        // Whoever has unsubscribed meanwhile stays so.
        for (const channel of channels)
          if (this.#wanted.get(channel)?.has(listener)) put(this.#listeners, channel, listener)
        this.#cable.delay(resolve)
      })
    })
  }

  unsubscribe(channels: readonly string[], listener: BusListener): void {
    for (const channel of channels) {
      this.#wanted.get(channel)?.delete(listener)
      this.#listeners.get(channel)?.delete(listener)
    }
  }

  onCut(listener: (since?: number) => void): () => void {
    this.#cutListeners.add(listener)
    return () => this.#cutListeners.delete(listener)
  }

  hear(message: BusMessage): void {
    if (this.#gone) return
    for (const listener of [...(this.#listeners.get(message.channel) ?? [])]) listener(message)
  }

  tellCut(): void {
    for (const listener of [...this.#cutListeners]) listener()
  }

  /** The node died. */
  crash(): void {
    this.#gone = true
    this.#cable.leave()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.crash()
  }
}

function put(listeners: Map<string, Set<BusListener>>, channel: string, listener: BusListener): void {
  const known = listeners.get(channel)
  if (known) known.add(listener)
  else listeners.set(channel, new Set([listener]))
}
