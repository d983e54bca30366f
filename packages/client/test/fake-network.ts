import type { Socket } from '@confab/client/options'
import type { FakeClock } from './fake-clock.ts'
import { FakeStreams } from './fake-streams.ts'

/**
 * What happens to a push on its way: a real socket keeps order and loses nothing, what is behind it may not.
 */
export type Fate = 'deliver' | 'drop' | 'repeat' | 'late'

export interface Weather {
  /** Milliseconds that a frame takes. */
  delayMs(): number
  fateOfPush(): Fate
  /** Whether the connection breaks right after the server has carried out this call. */
  breaksAfterCall(): boolean
}

export const calm: Weather = {
  delayMs: () => 1,
  fateOfPush: () => 'deliver',
  breaksAfterCall: () => false,
}

/** The server's end of a connection. */
export interface ServerEnd {
  push(method: string, params: unknown): void
  reply(frame: unknown): void
  close(code: number, reason?: string): void
}

export interface Accepting {
  fetch(url: string, init: RequestInit): Response
  connected(end: ServerEnd, url: string): { frame(text: string): void; closed(): void }
}

/** Pairs of sockets over a network whose weather a test makes. */
export class FakeNetwork {
  readonly #clock: FakeClock
  readonly #server: Accepting
  weather: Weather = calm
  /** When false, nothing can connect, and what is sent vanishes. */
  up = true
  /** What lies between lets no WebSocket through. */
  socketsBlocked = false
  readonly streams: FakeStreams
  readonly #open = new Set<{ cut: (code: number, reason: string) => void }>()
  /** How many connections were tried. */
  attempts = 0

  constructor(clock: FakeClock, server: Accepting) {
    this.#clock = clock
    this.#server = server
    this.streams = new FakeStreams(clock, (url) => this.#connect(url, true))
  }

  /** How many connections there are, or are being made. */
  get openCount(): number {
    return this.#open.size
  }

  /** REST, and the streams. */
  fetch(url: string, init: RequestInit): Promise<Response> {
    if (!this.up) {
      if (url.endsWith('/stream')) this.attempts++
      return Promise.reject(new TypeError('no network'))
    }
    return this.streams.fetch(url, init) ?? Promise.resolve(this.#server.fetch(url, init))
  }

  /** Breaks every connection, as a network does: without a word to the server. */
  cutAll(code = 1006, reason = ''): void {
    for (const { cut } of [...this.#open]) cut(code, reason)
  }

  connect(url: string): Socket {
    return this.#connect(url, !this.socketsBlocked)
  }

  #connect(url: string, passes: boolean): Socket {
    this.attempts++
    let isOpen = true
    let clearAt = 0
    const socket: Socket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      send: (text) => {
        if (isOpen && this.up) later(() => handler?.frame(text))
      },
      close: (code) => cut(code ?? 1005, '', false),
    }
    let handler: { frame(text: string): void; closed(): void } | undefined
    const connection = { cut: (code: number, reason: string) => cut(code, reason) }
    const cut = (code: number, reason: string, tell = true) => {
      if (!isOpen) return
      isOpen = false
      this.#open.delete(connection)
      handler?.closed()
      if (tell) this.#clock.after(0, () => socket.onclose?.({ code, reason }))
    }
    /** In order, unless it is to be late. */
    const later = (run: () => void, late = 0) => {
      const at = Math.max(clearAt, this.#clock.now() + this.weather.delayMs())
      if (late === 0) clearAt = at
      this.#clock.after(at + late - this.#clock.now(), () => {
        if (isOpen && this.up) run()
      })
    }
    const deliver = (frame: unknown, late = 0) => {
      const data = JSON.stringify(frame)
      later(() => socket.onmessage?.({ data }), late)
    }
    this.#open.add(connection)
    const accept = () => {
      handler = this.#server.connected(
        {
          push: (method, params) => {
            const fate = method === 'hello' ? 'deliver' : this.weather.fateOfPush()
            if (fate === 'drop') return
            deliver({ method, params }, fate === 'late' ? 40 : 0)
            if (fate === 'repeat') deliver({ method, params }, 15)
          },
          reply: (frame) => {
            if (this.weather.breaksAfterCall()) cut(1006, '')
            else deliver(frame)
          },
          close: (code, reason = '') => cut(code, reason),
        },
        url,
      )
      socket.onopen?.()
    }
    if (passes) later(accept)
    if (!this.up || !passes) this.#clock.after(1, () => cut(1006, ''))
    return socket
  }
}
