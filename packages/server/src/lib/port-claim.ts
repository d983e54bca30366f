import { AddressUnavailable } from './address-unavailable.ts'

/**
 * Keeps a port for the processes of one group. The system lets whoever says so share a port with those who
 * say so too, a second installation as well; so the first one holds a name beside it (Linux: an abstract
 * socket, of the same network namespace as the port, gone with whoever holds it).
 * Whoever listens there alone is noticed likewise.
 *
 * Throws AddressUnavailable.
 */
export function claimPort({ host, port }: { host: string; port: number }): Disposable & { port: number } {
  try {
    // Alone for a moment: held while the name is taken, so that of two groups one gets both.
    // 0 finds a free port.
    using alone = stoppable(Bun.listen({ hostname: host, port, exclusive: true, socket: { data: nothing } }))
    const claim = Bun.listen({ unix: `\0confab ${host}:${alone.port}`, socket: { data: nothing } })
    return { port: alone.port, [Symbol.dispose]: () => claim.stop(true) }
  } catch (cause) {
    throw new AddressUnavailable({ host, port }, { cause })
  }
}

const nothing = () => undefined

const stoppable = (listener: Bun.TCPSocketListener) => ({
  port: listener.port,
  [Symbol.dispose]: () => listener.stop(true),
})
