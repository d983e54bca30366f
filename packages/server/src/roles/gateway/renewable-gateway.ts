import type { Clock } from '../../lib/clock.ts'
import type { Gateway } from './gateway.ts'
import type { SocketData } from './socket-connection.ts'
import type { Publisher } from './subscriptions.ts'

/** A gateway that can begin anew in the middle of its life. */
export interface RenewableGateway extends Gateway {
  /**
   * Tells every socket to come again, and keeps nothing of what was known: for a database that has become another
   * history, in which positions and revs mean other things.
   */
  renew(): void
}

/** Answers that are under way are given before their sockets close; who takes longer is closed by the sweep. */
const lingerMs = 5_000

/** Who comes goes to the present gateway, and stays with the one that took them. */
export function renewableGateway(
  open: () => Gateway,
  { clock }: { clock: Pick<Clock, 'after'> },
): RenewableGateway {
  let current = open()
  const earlier = new Set<Gateway>()
  const owners = new WeakMap<SocketData, Gateway>()
  const ownerOf = ({ data }: { data: SocketData }) => (owners.get(data) ?? current).websocket
  let server: Publisher | undefined

  async function end(gateway: Gateway) {
    if (earlier.delete(gateway)) await gateway[Symbol.asyncDispose]()
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
    openStream: (session) => current.openStream(session),
    call: (session, id, frame) => current.call(session, id, frame),
    get connectionCount() {
      return [current, ...earlier].reduce((sum, { connectionCount }) => sum + connectionCount, 0)
    },
    drain() {
      for (const gateway of [current, ...earlier]) gateway.drain()
    },
    renew() {
      const before = current
      current = open()
      if (server) current.attach(server)
      earlier.add(before)
      before.drain()
      clock.after(lingerMs, () => void end(before))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...earlier].map(end))
      await current[Symbol.asyncDispose]()
    },
  }
}
