import type { Clock } from '../../lib/clock.ts'
import type { Gateway } from './gateway.ts'
import type { SocketData } from './socket-connection.ts'
import type { Publisher } from './subscriptions.ts'

/** A gateway that can begin anew in the middle of its life. */
export interface RenewableGateway extends Omit<Gateway, 'retire' | 'closeAll'> {
  /**
   * Tells every socket to come again, and keeps nothing of what was known: for a database that has become
   * another history, in which positions and revs mean other things.
   */
  renew(): void
}

/** Answers that are under way are given before their sockets close; who still waits after this is closed. */
const lingerMs = 5_000

/**
 * Who comes goes to the present gateway, and stays with the one that took them. All publish through one
 * server, so each is opened with a name of its own to tell its topics by.
 */
export function renewableGateway(
  open: (name: string) => Gateway,
  { clock }: { clock: Pick<Clock, 'after'> },
): RenewableGateway {
  let opened = 0
  const openNext = () => open(`${++opened} `)
  let current = openNext()
  /** Those that linger, and what ends the wait for each. */
  const earlier = new Map<Gateway, () => void>()
  const owners = new WeakMap<SocketData, Gateway>()
  const ownerOf = ({ data }: { data: SocketData }) => (owners.get(data) ?? current).websocket
  let server: Publisher | undefined

  async function end(gateway: Gateway) {
    earlier.get(gateway)?.()
    if (!earlier.delete(gateway)) return
    gateway.closeAll()
    await gateway[Symbol.asyncDispose]()
  }

  return {
    websocket: {
      ...current.websocket,
      open(socket) {
        owners.set(socket.data, current)
        current.websocket.open(socket)
      },
      message: (socket, frame) => ownerOf(socket).message(socket, frame),
      ping: (socket, data) => ownerOf(socket).ping?.(socket, data),
      pong: (socket) => ownerOf(socket).pong(socket),
      drain: (socket) => ownerOf(socket).drain(socket),
      close: (socket) => ownerOf(socket).close(socket),
    },
    upgrade: (request, to) => current.upgrade(request, to),
    attach(to) {
      server = to
      current.attach(to)
    },
    openStream: (session, from) => current.openStream(session, from),
    call: (session, id, frame) => current.call(session, id, frame),
    get connectionCount() {
      return [current, ...earlier.keys()].reduce((sum, { connectionCount }) => sum + connectionCount, 0)
    },
    drain() {
      for (const gateway of [current, ...earlier.keys()]) gateway.drain()
    },
    renew() {
      const before = current
      before.retire()
      current = openNext()
      if (server) current.attach(server)
      earlier.set(
        before,
        clock.after(lingerMs, () => void end(before)),
      )
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...earlier.keys()].map(end))
      await current[Symbol.asyncDispose]()
    },
  }
}
