import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitUntil } from '../measure/wait-until.ts'
import { freePort, takesConnections } from './free-port.ts'

/** An engine of the cluster as a process of ours, always on the same port and the same data. */
export interface Engine extends AsyncDisposable {
  readonly port: number
  readonly pid: number
  start(): Promise<void>
  /** Signals it and waits for its end. */
  end(signal: NodeJS.Signals): Promise<void>
  /** All its processes stand still, and nobody is told. */
  freeze(): void
  thaw(): void
  mustRun(): void
}

export interface EngineOptions {
  name: string
  /** What it writes goes there. */
  folder: string
  command: (port: number, data: string) => readonly string[]
}

export type EngineName = 'postgres' | 'redis' | 'rabbitmq' | 'kafka'

/** How each is run in the foreground; `root` is the repository's. */
export const engineCommands = (root: string): Record<EngineName, EngineOptions['command']> => ({
  postgres: (port, data) => [join(root, 'tools/postgres'), data, String(port), '-c', 'max_connections=200'],
  redis: (port, data) => [
    ...['redis-server', '--bind', '127.0.0.1', '--port', String(port), '--dir', data],
    ...['--save', '', '--appendonly', 'no'],
  ],
  rabbitmq: (port, data) => [join(root, 'tools/rabbitmq'), data, String(port)],
  kafka: (port, data) => [join(root, 'tools/kafka'), data, String(port)],
})

const startWithinMs = 180_000

export async function startEngine({ name, folder, command }: EngineOptions): Promise<Engine> {
  const port = await freePort()
  const data = join(folder, name)
  mkdirSync(data, { recursive: true })
  let child: Bun.Subprocess | undefined
  let mayEnd = false

  /** Its children too: PostgreSQL has one a connection. The parent first, so that it makes no new ones. */
  function signalAll(signal: NodeJS.Signals) {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
    for (const pid of children.split(' ').filter(Boolean)) {
      try {
        process.kill(Number(pid), signal)
      } catch {
        // It has ended meanwhile.
      }
    }
  }

  const engine: Engine = {
    port,
    get pid() {
      return child?.pid ?? 0
    },
    async start() {
      const log = Bun.file(join(folder, `${name}.log`))
      child = Bun.spawn([...command(port, data)], { stdio: ['ignore', log, log] })
      mayEnd = false
      const answers = () => {
        engine.mustRun()
        return takesConnections(port)
      }
      await waitUntil(`${name} takes connections`, answers, { withinMs: startWithinMs })
    },
    async end(signal) {
      mayEnd = true
      signalAll('SIGCONT')
      child?.kill(signal)
      await child?.exited
    },
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    mustRun() {
      if (!mayEnd && child && (child.exitCode !== null || child.signalCode !== null))
        throw new Error(`${name} ended with ${child.signalCode ?? child.exitCode}`)
    },
    [Symbol.asyncDispose]: () => engine.end('SIGTERM'),
  }
  await engine.start()
  return engine
}
