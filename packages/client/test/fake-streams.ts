import type { Socket } from '@confab/client/options'
import { closeCode } from '@confab/protocol/close-codes'
import type { FakeClock } from './fake-clock.ts'

const pingEveryMs = 15_000

interface FakeStream {
  socket: Socket
  /** The requests that wait for the reply to their call. */
  waiting: Map<unknown, { resolve(response: Response): void; reject(error: Error): void }>
}

/** Streams with calls beside them, each over a connection of the network below: its weather is theirs. */
export class FakeStreams {
  readonly #clock: FakeClock
  readonly #connect: (url: string) => Socket
  readonly #streams = new Map<string, FakeStream>()
  /** With these the next calls are refused, before they come to their stream. */
  readonly refusals: Response[] = []

  constructor(clock: FakeClock, connect: (url: string) => Socket) {
    this.#clock = clock
    this.#connect = connect
  }

  /** How many are open. */
  get open(): number {
    return this.#streams.size
  }

  /** Undefined where the request is none of theirs. */
  fetch(url: string, init: RequestInit): Promise<Response> | undefined {
    const { pathname } = new URL(url)
    if (pathname === '/api/v1/stream') return this.#open(url, init)
    return pathname === '/api/v1/call' ? this.#call(String(init.body)) : undefined
  }

  #open(url: string, { headers, signal }: RequestInit): Promise<Response> {
    const socket = this.#connect(url)
    const stream: FakeStream = { socket, waiting: new Map() }
    const token = new Headers(headers).get('authorization')?.replace('Bearer ', '')
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    let connectionId: string | undefined
    let cancelPing: () => void = () => undefined
    const encoder = new TextEncoder()
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const write = (text: string) => controller.enqueue(encoder.encode(text))
        const ping = () => {
          write(':\n\n')
          cancelPing = this.#clock.after(pingEveryMs, ping)
        }
        socket.onopen = () =>
          socket.send(JSON.stringify({ id: 'sign-in', method: 'auth', params: { token } }))
        socket.onmessage = ({ data }) => {
          const { id, method, params } = JSON.parse(String(data))
          if (method === undefined) return stream.waiting.get(id)?.resolve(new Response(String(data)))
          if (method === 'hello') {
            const { connectionId: own } = params
            connectionId = own
            this.#streams.set(own, stream)
            ping()
            resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }))
          }
          write(`data: ${data}\n\n`)
        }
        const end = () => {
          cancelPing()
          if (connectionId !== undefined) this.#streams.delete(connectionId)
          for (const { reject: fail } of stream.waiting.values()) fail(new TypeError('cut off'))
          reject(new TypeError('cut off'))
        }
        socket.onclose = ({ code, reason }) => {
          if (code === closeCode.signedOut) resolve(new Response('{}', { status: 401 }))
          end()
          if (code === 1006) return controller.error(new TypeError('cut off'))
          write(`event: close\ndata: ${JSON.stringify({ code, reason })}\n\n`)
          controller.close()
        }
        signal?.addEventListener('abort', () => {
          socket.close()
          end()
        })
      },
    })
    return promise
  }

  #call(body: string): Promise<Response> {
    const { connectionId, ...frame } = JSON.parse(body)
    const stream = this.#streams.get(connectionId)
    const refusal = this.refusals.shift()
    if (refusal) return Promise.resolve(refusal)
    if (!stream) return Promise.resolve(new Response('{}', { status: 404 }))
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    stream.waiting.set(frame.id, { resolve, reject })
    stream.socket.send(JSON.stringify(frame))
    return promise
  }
}
