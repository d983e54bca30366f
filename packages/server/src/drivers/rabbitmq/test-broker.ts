import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../lib/test-port.ts'

const script = join(import.meta.dir, '../../../../../tools/rabbitmq')

/** A RabbitMQ of a test's own, to be killed, frozen and started again on the same port and data. */
export interface TestBroker extends AsyncDisposable {
  port: number
  url: string
  /** Where a file of its own lies. */
  file(name: string): string
  start(): Promise<void>
  /** Nothing is said to it beforehand. */
  kill(): Promise<void>
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** Forgets all that it held; while it is down. */
  empty(): Promise<void>
}

/** `settings` are lines of rabbitmq.conf, `files` what they name, below `folder`. */
export async function startTestBroker({
  settings = () => [],
  files = {},
}: {
  settings?: (own: { folder: string; port: number }) => string[]
  files?: Record<string, string>
} = {}): Promise<TestBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'confab-rabbitmq-'))
  // Started by root, it runs as its own user.
  await chmod(folder, 0o711)
  const port = await freePort()
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  await writeFile(join(folder, 'rabbitmq.conf'), settings({ folder, port }).join('\n'))
  let child: Bun.Subprocess<'ignore', 'pipe', 'ignore'> | undefined

  async function start(): Promise<void> {
    child = Bun.spawn([script, folder, `${port}`], { stdio: ['ignore', 'pipe', 'ignore'] })
    await heard(child.stdout, 'Server startup complete')
  }
  const signal = async (name: NodeJS.Signals) =>
    process.kill(Number(await readFile(join(folder, 'pid'), 'utf8')), name)

  async function end(): Promise<void> {
    child?.kill('SIGTERM')
    await child?.exited
  }

  await start()
  return {
    port,
    url: `amqp://127.0.0.1:${port}`,
    file: (name) => join(folder, name),
    start,
    async kill() {
      await signal('SIGKILL')
      await child?.exited
    },
    freeze: async () => void (await signal('SIGSTOP')),
    thaw: async () => void (await signal('SIGCONT')),
    async empty() {
      const kept = ['rabbitmq.conf', ...Object.keys(files)]
      const names = (await readdir(folder)).filter((name) => !kept.includes(name))
      await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true })))
    },
    async [Symbol.asyncDispose]() {
      await end()
      await rm(folder, { recursive: true })
    },
  }
}

/**
 * Resolves when the words have been written; what comes after is read too,
 * so that a full pipe holds nobody up.
 */
async function heard(output: ReadableStream<Uint8Array>, words: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  void (async () => {
    let text = ''
    for await (const part of output) {
      if (text.includes(words)) continue
      text += Buffer.from(part).toString()
      if (text.includes(words)) resolve()
    }
    reject(new Error(`RabbitMQ ended before it had started: ${text.slice(-2_000)}`))
  })()
  return promise
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
