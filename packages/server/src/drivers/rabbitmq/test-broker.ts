import { readdir, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { type OwnEngine, type OwnEngineOptions, startOwnEngine } from '../../lib/test-own-engine.ts'

export interface TestBroker extends OwnEngine {
  url: string
  /** Forgets all that it held; while it is down. */
  empty(): Promise<void>
}

const settingsFile = 'rabbitmq.conf'

/** `settings` are lines of rabbitmq.conf, `files` what they name, below `folder`. */
export async function startTestBroker({
  settings,
  files = {},
}: Pick<OwnEngineOptions, 'settings' | 'files'> = {}): Promise<TestBroker> {
  const ready = 'Server startup complete'
  const engine = await startOwnEngine({ tool: 'rabbitmq', ready, settingsFile, settings, files })
  return {
    ...engine,
    url: `amqp://127.0.0.1:${engine.port}`,
    async empty() {
      const kept = [settingsFile, ...Object.keys(files)]
      const names = (await readdir(engine.file('.'))).filter((name) => !kept.includes(name))
      await Promise.all(names.map((name) => rm(engine.file(name), { recursive: true })))
    },
  }
}

/** Passes connections on to a port until it is cut: those that are open break, and new ones are refused. */
export async function openCable(to: number) {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => [near, far].map((one) => one.destroy()))
    }
    near.pipe(far).pipe(near)
  })
  const port = await listen(server)
  const cut = (): void => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { url: `amqp://127.0.0.1:${port}`, cut, [Symbol.asyncDispose]: async () => cut() }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
