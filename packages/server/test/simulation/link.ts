import type { Socket as ClientSocket } from '@confab/client/options'
import { silenceMs } from '@confab/protocol/limits'
import type { Socket as ServerSocket } from '../../src/roles/gateway/socket-connection.ts'
import type { Dice } from './seeded-random.ts'
import type { Timeline } from './timeline.ts'
import type { Witness } from './witness.ts'

/**
 * What the weather does to frames. A socket keeps their order and loses none; what lies behind it may not.
 */
export interface LinkWeather {
  delayMs: number
  /** How likely it is that a push is lost, repeated or late, and a call comes twice. */
  disorder: number
  /** How likely it is that the link breaks as a reply goes out. */
  breaks: number
}

/** Undelivered bytes at which the runtime closes a socket. */
const bufferedBytesMax = 2 * 1024 * 1024

/** The server's side of it. */
export interface Acceptor {
  open(socket: ServerSocket): void
  message(socket: ServerSocket, frame: string): void
  drain(socket: ServerSocket): void
  pong(socket: ServerSocket): void
  close(socket: ServerSocket): void
}

export interface LinkOptions {
  timeline: Timeline
  dice: Dice
  weather: () => LinkWeather
  acceptor: Acceptor
  witness: Witness
  /** Neither side has it any more. */
  ended(link: Link): void
}

/**
 * A connection with two ends, each of which has its own opinion of whether it is open.
 *
 *   open ── cut: both are told ──▶ closed
 *    └──── hang: nobody is told; the client finds out by its heartbeat, the server by silence
 */
export class Link {
  readonly client: ClientSocket
  readonly topics = new Set<string>()
  readonly witness: Witness
  readonly #options: LinkOptions
  readonly #server: ServerSocket
  #clientOpen = true
  #serverOpen = false
  /** Frames pass. */
  #passes = true
  #clearAt = { up: 0, down: 0 }
  #stalledUntil = 0
  #buffered = 0

  constructor(options: LinkOptions) {
    this.#options = options
    this.witness = options.witness
    this.#server = this.#serverEnd()
    this.client = {
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      send: (frame) => this.#up(frame),
      close: () => this.#clientCloses(),
    }
    this.#travel('up', () => {
      this.#serverOpen = true
      options.acceptor.open(this.#server)
      this.#travel('down', () => this.client.onopen?.())
    })
  }

  get isOpen(): boolean {
    return this.#clientOpen && this.#serverOpen && this.#passes
  }

  /** What a topic or a call sends to this socket. */
  down(frame: string) {
    if (!this.#serverOpen) return
    this.witness.sent(frame)
    const { dice, weather } = this.#options
    const { disorder, breaks } = weather()
    const isPush = frame.startsWith('{"method"')
    if (!isPush && dice.chance(breaks)) return this.cut()
    const luck = isPush && !frame.startsWith('{"method":"hello"') && dice.chance(disorder) ? dice.below(3) : 3
    if (luck === 0) return
    this.#buffered += frame.length
    if (this.#buffered > bufferedBytesMax) return this.cut()
    const arrive = () => {
      if (this.#passes) this.client.onmessage?.({ data: frame })
    }
    this.#travel('down', () => {
      this.#buffered -= frame.length
      if (this.#serverOpen && this.#buffered === 0) this.#options.acceptor.drain(this.#server)
      if (luck === 2) this.#options.timeline.after(40, arrive)
      else arrive()
      if (luck === 1) this.#options.timeline.after(15, arrive)
    })
  }

  /** As when a cable is pulled and plugged in again: what was on its way is lost, and both find out. */
  cut(): void {
    if (!this.#passes) return
    this.#passes = false
    this.#tellServer()
    this.#tellClient(1006, '')
  }

  /** Nothing passes, and nobody is told. */
  hang(): void {
    if (!this.#passes) return
    this.#passes = false
    this.#options.timeline.after(silenceMs, () => this.#tellServer())
  }

  /** The client reads nothing for so long. */
  stall(ms: number): void {
    this.#stalledUntil = this.#options.timeline.now + ms
  }

  get isStalled(): boolean {
    return this.#options.timeline.now < this.#stalledUntil
  }

  /** The client's process is gone; its machine says so for it, or is gone too. */
  clientDied(told: boolean): void {
    this.#clientOpen = false
    if (told) this.cut()
    else this.hang()
    this.#settle()
  }

  serverDied(told: boolean): void {
    this.#serverOpen = false
    if (told) this.cut()
    else this.#passes = false
    this.#settle()
  }

  #serverEnd(): ServerSocket {
    return {
      data: { admission: { admitted: 'anonymous' }, connection: undefined },
      send: (frame) => {
        this.down(String(frame))
        return 1
      },
      cork: (step) => step(),
      ping: () => {
        this.#ping()
        return 1
      },
      close: (code = 1005, reason = '') => {
        if (!this.#serverOpen) return
        this.#travel('down', () => {
          this.#passes = false
          this.#tellClient(code, reason)
        })
        this.#tellServer()
      },
      subscribe: (topic) => {
        this.topics.add(topic)
        return true
      },
      unsubscribe: (topic) => this.topics.delete(topic),
      isSubscribed: (topic) => this.topics.has(topic),
      getBufferedAmount: () => (this.isStalled ? this.#buffered : 0),
    }
  }

  #up(frame: string): void {
    if (!this.#clientOpen) return
    const { dice, weather, acceptor } = this.#options
    const times = dice.chance(weather().disorder / 2) ? 2 : 1
    for (let time = 0; time < times; time++)
      this.#travel('up', () => {
        if (!this.#serverOpen) return
        this.witness.heard(frame)
        acceptor.message(this.#server, frame)
      })
  }

  /** Whatever reads the socket for the client answers, whatever the client does. */
  #ping(): void {
    this.#travel('down', () => {
      if (!this.#clientOpen) return
      this.#travel('up', () => {
        if (this.#serverOpen) this.#options.acceptor.pong(this.#server)
      })
    })
  }

  #clientCloses(): void {
    if (!this.#clientOpen) return
    this.#clientOpen = false
    if (this.#passes)
      this.#travel('up', () => {
        this.#passes = false
        this.#tellServer()
      })
    this.#settle()
  }

  #tellServer(): void {
    if (!this.#serverOpen) return
    this.#serverOpen = false
    this.#options.acceptor.close(this.#server)
    this.#settle()
  }

  #tellClient(code: number, reason: string): void {
    if (!this.#clientOpen) return
    this.#clientOpen = false
    this.client.onclose?.({ code, reason })
    this.#settle()
  }

  #settle(): void {
    if (!this.#clientOpen && !this.#serverOpen) this.#options.ended(this)
  }

  /** In order, each way. */
  #travel(way: 'up' | 'down', arrive: () => void): void {
    const { timeline, dice, weather } = this.#options
    const soonest = timeline.now + 1 + dice.below(weather().delayMs)
    const at = Math.max(this.#clearAt[way], soonest, way === 'down' ? this.#stalledUntil : 0)
    this.#clearAt[way] = at
    timeline.after(at - timeline.now, () => {
      if (this.#passes) arrive()
    })
  }
}
