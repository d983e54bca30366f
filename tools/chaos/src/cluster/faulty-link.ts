import { connect, createServer, type Socket } from 'node:net'

/** The network between a node and an engine: a TCP proxy that passes on, is slow, or lets nothing through. */
export interface FaultyLink extends AsyncDisposable {
  readonly port: number
  /** How many connections were held up since it was asked to, which shows that somebody was hurt. */
  readonly held: number
  pass(): void
  /** Nothing goes through in either direction, and nobody is told: as where a cable is pulled. */
  cut(): void
  /** Each piece takes so much longer. */
  delay(ms: number): void
}

export async function openFaultyLink(target: number): Promise<FaultyLink> {
  const sockets = new Set<Socket>()
  let gate = Promise.withResolvers<void>()
  gate.resolve()
  let isCut = false
  let delayMs = 0
  let held = 0

  async function carry(from: Socket, to: Socket) {
    try {
      for await (const piece of from) {
        if (isCut || delayMs > 0) held++
        if (delayMs > 0) await Bun.sleep(delayMs)
        await gate.promise
        if (!to.write(piece)) await new Promise((resolve) => to.once('drain', resolve).once('close', resolve))
      }
      to.end()
    } catch {
      to.destroy()
    }
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      void carry(one, other)
    }
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the link has no port')

  function pass() {
    isCut = false
    delayMs = 0
    gate.resolve()
  }
  return {
    port: address.port,
    get held() {
      return held
    },
    pass,
    cut() {
      held = 0
      isCut = true
      gate = Promise.withResolvers()
    },
    delay(ms) {
      held = 0
      delayMs = ms
    },
    async [Symbol.asyncDispose]() {
      pass()
      const closed = new Promise((done) => server.close(done))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
