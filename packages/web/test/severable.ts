import type { Socket } from 'bun'

/** A way to a server that can be cut like a cable. */
export interface Severable extends Disposable {
  readonly url: string
  /** To a server on 127.0.0.1. */
  leadTo(serverUrl: string): void
  /** Breaks every connection and lets none through, until mended. */
  cut(): void
  mend(): void
}

interface Side {
  peer: Socket<Side> | undefined
  /** What came before the other side was open, or faster than it takes. */
  waiting: Uint8Array[]
  /** The other side is closed: this one closes when it has taken what waits. */
  isEnding?: true
}

/** Forwards bytes on a port of its own. */
export function openSeverable(): Severable {
  const open = new Set<Socket<Side>>()
  let isCut = false
  let port = 0

  const flush = (socket: Socket<Side>) => {
    for (let chunk = socket.data.waiting.shift(); chunk; chunk = socket.data.waiting.shift()) {
      const written = socket.write(chunk)
      if (written < chunk.length) {
        socket.data.waiting.unshift(chunk.subarray(Math.max(0, written)))
        return
      }
    }
    if (socket.data.isEnding) socket.end()
  }
  const handlers = {
    data(socket: Socket<Side>, chunk: Uint8Array) {
      const { peer } = socket.data
      const copy = Uint8Array.from(chunk)
      if (!peer) {
        socket.data.waiting.push(copy)
        return
      }
      peer.data.waiting.push(copy)
      flush(peer)
    },
    drain: flush,
    close(socket: Socket<Side>) {
      open.delete(socket)
      const { peer } = socket.data
      if (!peer || !open.has(peer)) return
      peer.data.isEnding = true
      flush(peer)
    },
    error(socket: Socket<Side>) {
      socket.terminate()
    },
  }
  const listener = Bun.listen<Side>({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      ...handlers,
      open(socket) {
        socket.data = { peer: undefined, waiting: [] }
        if (isCut) {
          socket.terminate()
          return
        }
        open.add(socket)
        void Bun.connect<Side>({
          hostname: '127.0.0.1',
          port,
          data: { peer: socket, waiting: [] },
          socket: {
            ...handlers,
            open(server) {
              if (!open.has(socket)) {
                server.terminate()
                return
              }
              open.add(server)
              server.data.waiting = socket.data.waiting
              socket.data = { peer: server, waiting: [] }
              flush(server)
            },
          },
        }).catch(() => socket.terminate())
      },
    },
  })
  const cut = () => {
    isCut = true
    for (const socket of open) socket.terminate()
    open.clear()
  }
  return {
    url: `http://127.0.0.1:${listener.port}`,
    leadTo(serverUrl) {
      port = Number(new URL(serverUrl).port)
    },
    cut,
    mend() {
      isCut = false
    },
    [Symbol.dispose]() {
      cut()
      listener.stop(true)
    },
  }
}
