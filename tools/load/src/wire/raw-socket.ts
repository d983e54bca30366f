import type { Socket } from 'bun'
import { encodeFrame, encodeText, FrameReader, opcode } from './frames.ts'

/** A WebSocket over a bare TCP socket: about a third of the CPU a frame of the runtime's own client. */
export interface RawSocket {
  send(text: string): void
  /** A frame encoded already, whose bytes may be used again when this returns. */
  write(frame: Uint8Array): void
  /** Reads nothing more until `resume`: the kernel's buffers fill, then the peer's. */
  pause(): void
  resume(): void
  /** Ends the TCP connection at once, as a lost network does: no close frame. */
  kill(): void
}

export interface RawSocketOptions {
  port: number
  path: string
  headers?: Record<string, string>
  /** Each text frame's payload, good only during the call. */
  onText: (bytes: Uint8Array, start: number, end: number) => void
  /** Once, however it ended; the close code if the server gave one. */
  onClose: (code: number | undefined) => void
}

const upgradeBytesMax = 16_384
// A character a byte, so that lengths in the head are lengths in the chunk.
const latin1 = new TextDecoder('latin1')

/** Resolves once the server has upgraded the connection. */
export function openRawSocket({
  port,
  path,
  headers = {},
  onText,
  onClose,
}: RawSocketOptions): Promise<RawSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<RawSocket>()
  const reader = new FrameReader()
  let socket: Socket | undefined
  let upgraded = false
  let closeCode: number | undefined
  let upgrade = ''
  /** What the kernel has not taken yet. */
  let unsent: Uint8Array[] = []

  const write = (bytes: Uint8Array) => {
    if (unsent.length > 0) return void unsent.push(bytes.slice())
    const written = socket?.write(bytes) ?? 0
    if (written < bytes.length) unsent.push(bytes.slice(Math.max(0, written)))
  }

  const drain = () => {
    const waiting = unsent
    unsent = []
    for (const bytes of waiting) write(bytes)
  }

  const onFrame = (code: number, bytes: Uint8Array, start: number, end: number) => {
    if (code === opcode.text) onText(bytes, start, end)
    else if (code === opcode.ping) write(encodeFrame(opcode.pong, bytes.subarray(start, end)))
    else if (code === opcode.close && end - start >= 2) {
      closeCode = ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0)
      socket?.end()
    }
  }

  /** Answers the bytes that follow the upgrade's answer; undefined while that is not whole. */
  const readUpgrade = (chunk: Uint8Array): Uint8Array | undefined => {
    upgrade += latin1.decode(chunk)
    const end = upgrade.indexOf('\r\n\r\n')
    if (end === -1 && upgrade.length < upgradeBytesMax) return undefined
    if (!upgrade.startsWith('HTTP/1.1 101 ')) {
      reject(new Error(`not upgraded: ${upgrade.slice(0, 200)}`))
      socket?.end()
      return undefined
    }
    upgraded = true
    const rest = chunk.subarray(chunk.length - (upgrade.length - end - '\r\n\r\n'.length))
    upgrade = ''
    resolve({
      send: (text) => write(encodeText(text)),
      write,
      pause: () => void socket?.pause(),
      resume: () => void socket?.resume(),
      kill: () => socket?.terminate(),
    })
    return rest
  }

  Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      binaryType: 'uint8array',
      open(opened) {
        socket = opened
        opened.setNoDelay(true)
        write(new TextEncoder().encode(upgradeRequest({ port, path, headers })))
      },
      data(_socket, chunk) {
        const frames = upgraded ? chunk : readUpgrade(chunk)
        if (frames && frames.length > 0) reader.read(frames, onFrame)
      },
      drain,
      close() {
        reject(new Error('closed before it was upgraded'))
        onClose(closeCode)
      },
      connectError(_socket, cause) {
        reject(cause)
      },
    },
  }).catch(reject)
  return promise
}

const upgradeRequest = ({
  port,
  path,
  headers,
}: Pick<Required<RawSocketOptions>, 'port' | 'path' | 'headers'>) =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${crypto.getRandomValues(new Uint8Array(16)).toBase64()}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n')
