import { join } from 'node:path'
import { type Program, startProgram } from '../src/measure/program.ts'
import { eachAtOnce } from '../src/rows/connect-all.ts'
import { openRawSocket } from '../src/wire/raw-socket.ts'

/** The servers without a chat in them, by what they fan out with. */
export const bareServers = {
  'Bun, native topics': [process.execPath, 'bun.ts', 'topics'],
  'Bun, a set and a send each': [process.execPath, 'bun.ts', 'sets'],
  'Node, ws': ['node', 'ws.mjs'],
  'Node, Socket.IO': ['node', 'socket-io.mjs'],
} satisfies Record<string, string[]>
export type BareServer = keyof typeof bareServers

export interface Peer {
  call(words: string): void
  onMessage: () => void
}

export const startBareServer = (name: BareServer): Promise<Program> =>
  startProgram({
    command: [...bareServers[name]],
    env: { NODE_ENV: 'production' },
    cwd: join(import.meta.dir, 'servers'),
    core: 0,
    portIn: /http:\/\/[\w.]+:(\d+)/,
  })

/** Connects so many, none of which has subscribed to anything yet. */
export const connectPeers = (name: BareServer, { port }: Program, count: number): Promise<Peer[]> =>
  eachAtOnce(count, 200, () => (name === 'Node, Socket.IO' ? connectSocketIo(port) : connectPlain(port)))

async function connectPlain(port: number): Promise<Peer> {
  const socket = await openRawSocket({
    port,
    path: '/',
    onText: () => peer.onMessage(),
    onClose: () => undefined,
  })
  const peer: Peer = { call: (words) => socket.send(words), onMessage: () => undefined }
  return peer
}

async function connectSocketIo(port: number): Promise<Peer> {
  const connected = Promise.withResolvers<void>()
  const socket = await openRawSocket({
    port,
    path: '/socket.io/?EIO=4&transport=websocket',
    onText(bytes, start) {
      const [kind, inMessage] = String.fromCharCode(bytes[start] ?? 0, bytes[start + 1] ?? 0)
      if (kind === '2') socket.send('3')
      else if (kind === '4' && inMessage === '2') peer.onMessage()
      else if (kind === '4' && inMessage === '0') connected.resolve()
    },
    onClose: () => undefined,
  })
  const peer: Peer = {
    call: (words) => socket.send(`42["message","${words}"]`),
    onMessage: () => undefined,
  }
  socket.send('40')
  await connected.promise
  return peer
}
