import type { Socket } from '@confab/client/options'
import type { UserId } from '@confab/protocol/ids'
import type { Ledger } from './ledger.ts'
import { Link, type LinkWeather } from './link.ts'
import type { Dice } from './seeded-random.ts'
import { isThing, judgeContent } from './seen-content.ts'
import type { Seat, Servers } from './servers.ts'
import { StreamLink } from './stream-link.ts'
import type { Timeline } from './timeline.ts'
import { Witness } from './witness.ts'

/** After so long a request that nobody answers is given up. */
const requestMs = 20_000

export interface NetworkOptions {
  timeline: Timeline
  dice: Dice
  servers: Servers
  ledger: Ledger
  userId: UserId
  weather: () => LinkWeather
  violate(what: string): void
  refused(clientId: unknown): void
}

/** One device's way to the servers. */
export class Network {
  readonly links = new Set<Link | StreamLink>()
  /** When false, nothing can connect, and what is sent vanishes. */
  up = true
  readonly #options: NetworkOptions

  constructor(options: NetworkOptions) {
    this.#options = options
  }

  connect(): Socket {
    const { timeline, dice, servers, weather } = this.#options
    const seat = this.up ? servers.any(dice.below(2)) : undefined
    const node = seat?.node
    if (!seat || !node) return this.#refused()
    const witness = this.#witness()
    const ended = this.#leaver(seat)
    const link = new Link({ timeline, dice, weather, witness, acceptor: node.gateway.websocket, ended })
    this.links.add(link)
    seat.links.add(link)
    return link.client
  }

  /** REST: the request may be lost, and so may its answer. */
  fetch(url: string, init: RequestInit): Promise<Response> {
    const { timeline, dice, servers, weather } = this.#options
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    const fail = () => reject(new TypeError('no answer'))
    timeline.after(requestMs, fail)
    const travel = (arrive: () => void) => {
      if (!this.up || dice.chance(weather().breaks)) timeline.after(weather().delayMs, fail)
      else timeline.after(1 + dice.below(weather().delayMs), arrive)
    }
    travel(() => {
      const seat = servers.any(dice.below(2))
      if (!seat) return fail()
      void this.#ask(seat, url, init).then((answer) => travel(() => resolve(answer)))
    })
    return promise
  }

  /** No link of it is one that only one end takes for open, or that is still not read. */
  get works(): boolean {
    return [...this.links].every(({ isOpen, isStalled }) => isOpen && !isStalled)
  }

  cut(): void {
    for (const link of [...this.links]) link.cut()
  }

  hang(): void {
    for (const link of [...this.links]) link.hang()
  }

  stall(ms: number): void {
    for (const link of this.links) link.stall(ms)
  }

  died(told: boolean): void {
    for (const link of [...this.links]) link.clientDied(told)
  }

  async #ask(seat: Seat, url: string, init: RequestInit): Promise<Response> {
    const { timeline, ledger, userId, violate } = this.#options
    const askedAt = timeline.now
    const { signal, ...rest } = init
    const stream = url.endsWith('/call') ? this.#calledBy(String(init.body)) : undefined
    const answer = await seat.door.answer(new Request(url, rest))
    const { status, headers } = answer
    if (answer.ok && answer.body && url.endsWith('/stream'))
      return new Response(this.#openStream(seat, answer.body, signal), { status, headers })
    const text = await answer.text()
    if (stream && answer.ok && text !== '') stream.witness.sent(text)
    else if (text !== '')
      judgeContent(JSON.parse(text), { ledger, userId, askedAt, now: timeline.now, violate })
    return new Response(text === '' ? null : text, { status, headers })
  }

  #openStream(seat: Seat, body: ReadableStream<Uint8Array>, signal: RequestInit['signal']) {
    const { timeline, dice, weather } = this.#options
    const ended = this.#leaver(seat)
    const link = new StreamLink(body, { timeline, dice, weather, signal, ended, witness: this.#witness() })
    this.links.add(link)
    seat.links.add(link)
    return link.body
  }

  /** The stream that a call belongs to, which hears of it. */
  #calledBy(body: string): StreamLink | undefined {
    const call: unknown = JSON.parse(body)
    for (const link of this.links) {
      if (!(link instanceof StreamLink) || !isThing(call) || link.connectionId !== call.connectionId) continue
      link.witness.heard(body)
      return link
    }
    return undefined
  }

  #witness(): Witness {
    const { timeline, ledger, userId, violate, refused } = this.#options
    return new Witness({ userId, ledger, now: () => timeline.now, violate, refused })
  }

  #leaver(seat: Seat): (link: Link | StreamLink) => void {
    return (link) => {
      this.links.delete(link)
      seat.links.delete(link)
    }
  }

  #refused(): Socket {
    const socket: Socket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      send: () => undefined,
      close: () => undefined,
    }
    this.#options.timeline.after(5, () => socket.onclose?.({ code: 1006, reason: '' }))
    return socket
  }
}
