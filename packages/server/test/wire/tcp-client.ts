import type { Socket } from 'bun'
import { within } from '../within.ts'
import { type Frame, parseFrames } from './frames.ts'

/** A client over bare TCP, which can send what no WebSocket client would. */
export interface TcpClient extends AsyncDisposable {
  /** Sends the bytes in so many writes, each on its way before the next. */
  write(...parts: (string | Uint8Array)[]): Promise<void>
  /** The head of the answer to an upgrade, once it is whole. */
  head(): Promise<AnswerHead>
  /** The next frame, or undefined when the connection has ended without one. */
  frame(): Promise<Frame | undefined>
  /** Everything that came after the answer's head, read to the connection's end. */
  rest(): Promise<Buffer>
  /** Resolves when the connection has ended, however long that takes. */
  readonly ended: Promise<void>
}

export interface AnswerHead {
  status: number
  headers: Map<string, string>
}

export async function connect(port: number): Promise<TcpClient> {
  let received = Buffer.alloc(0)
  let ended = false
  const end = Promise.withResolvers<void>()
  const frames: Frame[] = []
  let look: () => void = () => undefined

  const socket: Socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      binaryType: 'buffer',
      data(_socket, part: Buffer) {
        received = Buffer.concat([received, part])
        look()
      },
      drain: () => look(),
      close() {
        ended = true
        end.resolve()
        look()
      },
      error: () => undefined,
    },
  })
  socket.setNoDelay(true)

  /** Looks now and whenever something has happened. */
  async function found<Found>(what: string, find: () => Found | undefined): Promise<Found> {
    const { promise, resolve } = Promise.withResolvers<Found>()
    look = () => {
      const value = find()
      if (value === undefined) return
      // What is found is taken: the next look is for who asks next.
      look = () => undefined
      resolve(value)
    }
    look()
    return within(promise, what)
  }

  async function writePart(part: Uint8Array) {
    let left = part
    while (left.length > 0 && !ended) {
      left = left.subarray(Math.max(0, socket.write(left)))
      socket.flush()
      if (left.length === 0 || ended) return
      const { length } = left
      // The kernel's buffer is full: some of it goes when the server has read.
      await found('room to write', () => {
        const written = ended ? length : socket.write(left)
        if (written <= 0) return undefined
        left = left.subarray(written)
        return true
      })
    }
  }

  return {
    async write(...parts) {
      for (const part of parts) await writePart(typeof part === 'string' ? Buffer.from(part) : part)
    },
    async head() {
      const text = await found('the head of an answer', () => {
        const end = received.indexOf('\r\n\r\n')
        if (end < 0) return ended ? '' : undefined
        const head = received.toString('latin1', 0, end)
        received = received.subarray(end + 4)
        return head
      })
      const [first = '', ...lines] = text.split('\r\n')
      const headers = lines.map((line): [string, string] => {
        const [name = ''] = line.split(':')
        return [name.toLowerCase(), line.slice(name.length + 1).trim()]
      })
      return { status: Number(first.split(' ')[1] ?? 0), headers: new Map(headers) }
    },
    async frame() {
      const next = await found('a frame or the end', () => {
        const parsed = parseFrames(received)
        frames.push(...parsed.frames)
        received = Buffer.from(parsed.rest)
        return frames.shift() ?? (ended ? 'ended' : undefined)
      })
      return next === 'ended' ? undefined : next
    },
    async rest() {
      await found('the end', () => ended || undefined)
      return received
    },
    ended: end.promise,
    async [Symbol.asyncDispose]() {
      socket.terminate()
    },
  }
}

export interface Upgrade {
  method?: string
  path?: string
  version?: string
  /** Over those of a right upgrade; undefined leaves one out. */
  headers?: Record<string, string | undefined>
}

/** The example of RFC 6455, 1.3. */
export const sampleKey = 'dGhlIHNhbXBsZSBub25jZQ=='
export const sampleAccept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='

export function upgradeRequest({
  method = 'GET',
  path = '/api/v1/ws',
  version = 'HTTP/1.1',
  headers = {},
}: Upgrade = {}): string {
  const all = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': sampleKey,
    ...headers,
  }
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  )
  return [`${method} ${path} ${version}`, ...lines, '\r\n'].join('\r\n')
}
