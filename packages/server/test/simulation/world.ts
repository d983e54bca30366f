import type { ConversationId, UserId } from '@confab/protocol/ids'
import { conversationId, userId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { createConversation } from '../../src/domain/conversations/create-conversation.ts'
import { assert } from '../../src/lib/assert.ts'
import { Device } from './device.ts'
import { FrontDoor } from './front-door.ts'
import { KeptStore } from './kept-store.ts'
import { LaggingCopy } from './lagging-copy.ts'
import { Ledger } from './ledger.ts'
import type { LinkWeather } from './link.ts'
import { Network } from './network.ts'
import { Dice } from './seeded-random.ts'
import { Servers } from './servers.ts'
import { Timeline } from './timeline.ts'

/** What kind of trouble a run has, besides what its steps bring. */
export interface Climate {
  nodes: number
  /** `memory` is for one node alone; `silent` loses messages without a word. */
  bus: 'memory' | 'remote' | 'silent'
  storeIsFar: boolean
  /** Read replicas, each behind by chance, and away now and then. */
  replicas: 0 | 1 | 2
  /** Everybody watches everybody's presence, which outlasts the servers. Runs from before it are without. */
  presence?: boolean
  link: LinkWeather
}

const calm: LinkWeather = { delayMs: 3, disorder: 0, breaks: 0 }

/** What is built once for all runs, since that takes longer than many a run. */
export interface Stage {
  kept: KeptStore
  /** Of as many replicas as there may be. */
  copies: readonly KeptStore[]
  doors: readonly FrontDoor[]
}

export async function openStage(): Promise<Stage> {
  const copies = [await KeptStore.open(), await KeptStore.open()]
  return { kept: await KeptStore.open(), copies, doors: [new FrontDoor(), new FrontDoor()] }
}

/** Longer than anybody takes to notice that a link is dead, and then to come back. */
const settledWithinMs = 150_000
const lookEveryMs = 5_000
const afterwardsMs = 8_000

/** Thrown at the step after which something was seen that must not be. */
export class Violation extends Error {}

const people = ['Ann', 'Bob', 'Cid', 'Dee'] as const
/** Ann and Bob have two devices each. */
const devices = ['Ann', 'Bob', 'Cid', 'Ann', 'Dee', 'Bob'] as const

/** A server or two, people with their devices, and everything between them, on one time. */
export class World {
  readonly timeline = new Timeline()
  readonly servers: Servers
  readonly ledger: Ledger
  readonly devices: Device[] = []
  readonly conversations: ConversationId[] = []
  readonly users: UserId[] = []
  readonly kept: KeptStore
  readonly dice: Dice
  readonly violations: string[] = []
  /** The `clientId`s of what was refused for good. */
  readonly refused = new Set<unknown>()
  /**
   * A node that crashes takes with it what it had not told of cursors;
   * the others' clients hear at their next sync.
   */
  nodeCrashed = false
  /**
   * A sync tells of cursors, one's own included, and of people by the time of their change. Once a clock was
   * set back that no node remembers, or two nodes' are further apart than a sync looks back, that time is no
   * use to it: what was lost on its way is told with its next change.
   */
  serverClocksErred = false
  readonly climate: Climate
  #isCalm = false
  #ids = 0
  #texts = 0

  constructor(stage: Stage, seed: number, climate: Climate) {
    this.kept = stage.kept
    this.climate = climate
    this.dice = new Dice(seed, 'world')
    this.ledger = new Ledger((what) => this.violate(what))
    this.kept.empty(`epoch ${seed}`)
    for (const name of people) {
      const id = userId.parse(this.newId())
      this.users.push(id)
      this.kept.addUser({ id, name, handle: name.toLowerCase(), at: this.timeline.now })
    }
    const { timeline, ledger, kept } = this
    this.servers = new Servers({
      timeline,
      dice: new Dice(seed, 'servers'),
      seed,
      kept,
      copies: stage.copies
        .slice(0, climate.replicas)
        .map(
          (own, index) => new LaggingCopy({ kept, own, timeline, dice: new Dice(seed, `replica ${index}`) }),
        ),
      ledger,
      doors: stage.doors,
      weather: {
        nodes: climate.nodes,
        bus: climate.bus === 'memory' && climate.nodes === 1 ? 'memory' : 'remote',
        storeIsFar: climate.storeIsFar,
        presence: climate.presence ?? false,
      },
      crashed: ({ others, wasSetBack }) => {
        this.nodeCrashed ||= others
        this.serverClocksErred ||= wasSetBack
      },
      setBackUnseen: () => {
        this.serverClocksErred = true
      },
      newId: () => this.newId(),
      report: (context, cause) => {
        if (!isExpected(cause)) this.violate(`${context}: ${cause instanceof Error ? cause.stack : cause}`)
      },
    })
    this.#createConversations()
    for (const [index, name] of devices.entries()) this.devices.push(this.#device(name, index, seed))
    if (climate.bus === 'silent') this.servers.bus.losesSilently = 0.1
  }

  /** Time goes on, and whatever was seen meanwhile that must not be ends the run. */
  pass(ms: number): void {
    this.timeline.advance(ms)
    for (const device of this.devices) device.look()
    if (this.violations.length > 0) throw new Violation(this.violations.slice(0, 5).join('\n'))
  }

  violate(what: string): void {
    this.violations.push(what)
  }

  newId(): string {
    const count = (++this.#ids).toString(16).padStart(8, '0')
    // At both ends, as of a real one each end alone tells it from others.
    return `${count}-0000-7000-8000-0000${count}`
  }

  /** Never said before, so that wherever it is found again, one knows whence. */
  newText(about: string): string {
    return `${about} ${++this.#texts}`
  }

  /** From now on nothing goes wrong any more, and time goes on until nobody waits for anything. */
  clearUp(): void {
    this.#isCalm = true
    const { servers, devices } = this
    servers.bus.losesSilently = 0
    for (const seat of servers.seats) {
      seat.mishap = undefined
      servers.boot(seat)
    }
    for (const { network } of devices) network.up = true
    this.settle()
  }

  settle(): void {
    for (let passed = 0; passed < settledWithinMs; passed += lookEveryMs) {
      this.pass(lookEveryMs)
      if (!this.#isSettled) continue
      // What was lost on the way is found at a next look, and what was refused for a while is tried again.
      this.pass(afterwardsMs)
      // Who has gone over from a stream to a socket meanwhile is waited for.
      if (this.#isSettled) break
    }
  }

  get #isSettled(): boolean {
    return this.devices.every((device) => device.isSettled)
  }

  /** Whatever has no number, and so no gap that would show, was told, or is known to be lost. */
  get isAllTold(): boolean {
    return this.climate.bus !== 'silent' && this.climate.link.disorder === 0 && !this.nodeCrashed
  }

  #device(name: (typeof devices)[number], index: number, seed: number): Device {
    const user = this.users[people.indexOf(name)]
    assert(user, `${name} is nobody`)
    const dice = new Dice(seed, `device ${index}`)
    const violate = (what: string) => this.violate(what)
    const { timeline, servers, ledger } = this
    const network = new Network({
      timeline,
      dice: new Dice(seed, `network ${index}`),
      servers,
      ledger,
      userId: user,
      weather: () => (this.#isCalm ? calm : this.climate.link),
      violate,
      refused: (clientId) => this.refused.add(clientId),
    })
    const watches = this.climate.presence ? this.users : []
    return new Device({ name: `${name}-${index}`, userId: user, timeline, dice, network, watches, violate })
  }

  #createConversations(): void {
    const node = this.servers.any(0)?.node
    const [ann, bob, cid, dee] = this.users
    assert(node && ann && bob && cid && dee, 'a node and four people')
    const { domain } = node
    const created = [
      createConversation(domain, ann, { kind: 'group', name: 'Everybody', memberIds: [bob, cid, dee] }),
      createConversation(domain, bob, { kind: 'direct', memberIds: [cid] }),
      createConversation(domain, cid, { kind: 'group', name: 'Three', memberIds: [ann, bob] }),
      createConversation(domain, dee, {
        kind: 'channel',
        name: 'Square',
        visibility: 'public',
        memberIds: [ann],
      }),
    ]
    for (const one of created)
      void one.then(({ conversation }) => this.conversations.push(conversationId.parse(conversation.id)))
    this.timeline.advance(1_000)
    assert(this.conversations.length === created.length, 'the conversations were made')
  }
}

/** The store that was told to fail, and what a feed says that has lost its place in a restored log. */
const isExpected = (cause: unknown) =>
  cause instanceof Refusal || (cause instanceof Error && cause.message.startsWith('simulated'))
