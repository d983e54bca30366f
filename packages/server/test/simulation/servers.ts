import { openMemoryBus } from '../../src/drivers/memory/bus.ts'
import { openMemoryPresence } from '../../src/drivers/memory/presence.ts'
import type { Report } from '../../src/lib/report.ts'
import type { FrontDoor } from './front-door.ts'
import type { KeptStore } from './kept-store.ts'
import type { LaggingCopy } from './lagging-copy.ts'
import type { Ledger } from './ledger.ts'
import { Link } from './link.ts'
import { bootNode, type Node } from './node.ts'
import { type Mishap, reachStore } from './reached-store.ts'
import { Dice } from './seeded-random.ts'
import { type BoardEnd, SimulatedBoard } from './simulated-board.ts'
import { type BusEnd, SimulatedBus } from './simulated-bus.ts'
import type { StreamLink } from './stream-link.ts'
import type { PartyClock, Timeline } from './timeline.ts'

export interface ServersOptions {
  timeline: Timeline
  dice: Dice
  seed: number
  kept: KeptStore
  copies: readonly LaggingCopy[]
  ledger: Ledger
  doors: readonly FrontDoor[]
  weather: { nodes: number; bus: 'memory' | 'remote'; storeIsFar: boolean; presence: boolean }
  newId: () => string
  report: Report
  /** `wasSetBack`: its clock, while it ran. */
  crashed(crash: { others: boolean; wasSetBack: boolean }): void
  setBackUnseen(): void
}

/** One place for a node: it is empty while there is none. */
export interface Seat {
  readonly door: FrontDoor
  readonly links: Set<Link | StreamLink>
  node: Node | undefined
  busEnd: BusEnd | undefined
  boardEnd: BoardEnd | undefined
  mishap: Mishap | undefined
  offsetMs: number
  /** Since its node began: another one doesn't know. */
  wasSetBack: boolean
}

/** The nodes, on one store and one bus. A node that crashes is thrown away whole; another takes its seat. */
export class Servers {
  readonly seats: readonly Seat[]
  readonly bus: SimulatedBus
  #board: SimulatedBoard
  readonly #options: ServersOptions

  constructor(options: ServersOptions) {
    this.#options = options
    this.bus = new SimulatedBus(options.timeline, options.dice)
    this.#board = this.#emptyBoard()
    this.seats = options.doors.slice(0, options.weather.nodes).map((door) => ({
      door,
      links: new Set<Link | StreamLink>(),
      node: undefined,
      busEnd: undefined,
      boardEnd: undefined,
      mishap: undefined,
      offsetMs: 0,
      wasSetBack: false,
    }))
    for (const seat of this.seats) this.boot(seat)
  }

  /** A live one, as a load balancer would choose. */
  any(luck: number): Seat | undefined {
    const live = this.seats.filter(({ node }) => node)
    return live[luck % (live.length || 1)]
  }

  boot(seat: Seat): void {
    if (seat.node) return
    const { timeline, weather, newId, report } = this.#options
    const clock = timeline.clock()
    clock.stepBy(seat.offsetMs)
    const end = weather.bus === 'remote' ? this.bus.connect(clock) : undefined
    const { links } = seat
    seat.busEnd = end
    seat.boardEnd = end && weather.presence ? this.#board.join(clock, end) : undefined
    seat.node = bootNode({
      clock,
      store: this.#reach(seat, clock),
      bus: end ?? openMemoryBus({ report }),
      board: seat.boardEnd ?? openMemoryPresence({ clock, report }),
      keepsPresence: weather.presence,
      newId,
      report,
      publish: (topic, frame) => {
        for (const link of links) if (link instanceof Link && link.topics.has(topic)) link.down(frame)
      },
      subscriberCount: (topic) => {
        let count = 0
        for (const link of links) if (link.topics.has(topic)) count++
        return count
      },
    })
    seat.door.node = seat.node
  }

  /** `told`: the machine lives on and says for the process that its sockets are closed. */
  crash(seat: Seat, told: boolean): void {
    const { node, busEnd, boardEnd, links } = seat
    if (!node) return
    this.#options.crashed({ others: this.seats.length > 1, wasSetBack: seat.wasSetBack })
    seat.wasSetBack = false
    seat.node = seat.busEnd = seat.boardEnd = seat.mishap = undefined
    seat.door.node = undefined
    node.clock.stop()
    busEnd?.crash()
    boardEnd?.crash()
    const cut = [...links]
    links.clear()
    for (const link of cut) link.serverDied(told)
  }

  /** What is kept of presence outside the store goes with it, as where both are put back together. */
  forgetPresence(): void {
    this.#board = this.#emptyBoard()
  }

  /** A clock that is set, for whatever reason. */
  stepClock(seat: Seat, ms: number): void {
    seat.offsetMs += ms
    // What is set while no node is there, the next one doesn't know either.
    if (seat.node) seat.wasSetBack ||= ms < 0
    else if (ms < 0) this.#options.setBackUnseen()
    seat.node?.clock.stepBy(ms)
  }

  /** How far the nodes' clocks are from each other. */
  get clocksApartMs(): number {
    const offsets = this.seats.map(({ offsetMs }) => offsetMs)
    return Math.max(...offsets) - Math.min(...offsets)
  }

  #emptyBoard(): SimulatedBoard {
    const { timeline, seed, report } = this.#options
    return new SimulatedBoard({ timeline, dice: new Dice(seed, 'board'), report })
  }

  #reach(seat: Seat, clock: PartyClock) {
    const { kept, copies, dice, weather, ledger, timeline } = this.#options
    return reachStore({
      kept,
      copies,
      clock,
      dice,
      isFar: weather.storeIsFar,
      mishap: () => {
        const { mishap } = seat
        seat.mishap = undefined
        return mishap
      },
      crash: () => this.crash(seat, dice.chance(0.5)),
      committed(writes, outcomes) {
        ledger.note({ at: timeline.now, writes, outcomes })
        for (const copy of copies) copy.lag()
      },
    })
  }
}
