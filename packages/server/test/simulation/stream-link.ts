import type { LinkWeather } from './link.ts'
import type { Dice } from './seeded-random.ts'
import { isThing } from './seen-content.ts'
import type { Timeline } from './timeline.ts'
import type { Witness } from './witness.ts'

export interface StreamLinkOptions {
  timeline: Timeline
  dice: Dice
  weather: () => LinkWeather
  witness: Witness
  signal: AbortSignal | null | undefined
  ended(link: StreamLink): void
}

/** A stream of server-sent events on its way, as long as its request lasts. */
export class StreamLink {
  readonly witness: Witness
  /** The gateway keeps a stream's topics itself. */
  readonly topics: ReadonlySet<string> = new Set()
  /** What the client's reader reads. */
  readonly body: ReadableStream<Uint8Array>
  connectionId = ''
  readonly #options: StreamLinkOptions
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #passes = true
  #serverOpen = true
  #clearAt = 0

  constructor(from: ReadableStream<Uint8Array>, options: StreamLinkOptions) {
    this.#options = options
    this.witness = options.witness
    this.#reader = from.getReader()
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller
      },
    })
    options.signal?.addEventListener('abort', () => this.cut())
    void this.#pump()
  }

  get isOpen(): boolean {
    return this.#passes && this.#serverOpen
  }

  /** Both ends are told. */
  cut(): void {
    if (!this.#passes) return
    this.hang()
    this.#controller?.error(new TypeError('cut off'))
    if (this.#serverOpen) void this.#reader.cancel()
    this.#options.ended(this)
  }

  /** Nothing passes, and nobody is told: each finds out by the other's silence. */
  hang(): void {
    this.#passes = false
  }

  stall(ms: number): void {
    this.#clearAt = this.#options.timeline.now + ms
  }

  get isStalled(): boolean {
    return this.#options.timeline.now < this.#clearAt
  }

  clientDied(told: boolean): void {
    if (told) this.cut()
    else this.hang()
  }

  serverDied(told: boolean): void {
    this.#serverOpen = false
    if (told) this.cut()
    else this.hang()
  }

  async #pump(): Promise<void> {
    const { timeline, dice, weather } = this.#options
    for (let next = await this.#reader.read(); this.#serverOpen; next = await this.#reader.read()) {
      const { done, value } = next
      if (value) this.#observe(new TextDecoder().decode(value))
      const at = Math.max(this.#clearAt, timeline.now + 1 + dice.below(weather().delayMs))
      this.#clearAt = at
      timeline.after(at - timeline.now, () => {
        if (!this.#passes) return
        if (value) this.#controller?.enqueue(value)
        if (done) this.#end()
      })
      if (done) return
    }
  }

  #end(): void {
    this.#passes = false
    this.#controller?.close()
    this.#options.ended(this)
  }

  #observe(text: string): void {
    for (const line of text.split('\n')) {
      if (!line.startsWith('data: {"method"')) continue
      const frame = line.slice('data: '.length)
      this.witness.sent(frame)
      if (this.connectionId === '') {
        const { params } = JSON.parse(frame)
        this.connectionId = isThing(params) ? String(params.connectionId) : ''
      }
    }
  }
}
