import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './test-port.ts'

/** An engine of a test's own, to be killed, frozen and started again on the same port and data. */
export interface OwnEngine extends AsyncDisposable {
  port: number
  /** Where a file of its own lies. */
  file(name: string): string
  start(): Promise<void>
  /** Nothing is said to it beforehand. */
  kill(): Promise<void>
  freeze(): Promise<void>
  thaw(): Promise<void>
}

export interface OwnEngineOptions {
  /** A script of `tools`, which is given a folder, a port and `words`, and writes the file `pid` there. */
  tool: 'kafka' | 'rabbitmq'
  /** What it writes when it serves. */
  ready: string
  /** The file of its settings, in its folder, and the lines of it. */
  settingsFile: string
  settings?: ((own: { folder: string; port: number }) => string[]) | undefined
  /** What the settings name. */
  files?: Record<string, string> | undefined
  words?: string[] | undefined
  env?: Record<string, string>
}

export async function startOwnEngine({
  tool,
  ready,
  settingsFile,
  settings = () => [],
  files = {},
  words = [],
  env = {},
}: OwnEngineOptions): Promise<OwnEngine> {
  const folder = await mkdtemp(join(tmpdir(), `confab-${tool}-`))
  // Started by root, it may run as a user of its own.
  await chmod(folder, 0o711)
  const port = await freePort()
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  await writeFile(join(folder, settingsFile), settings({ folder, port }).join('\n'))
  const program = join(import.meta.dir, '../../../../tools', tool)
  let child: Bun.Subprocess<'ignore', 'pipe', 'ignore'> | undefined

  async function start(): Promise<void> {
    child = Bun.spawn([program, folder, `${port}`, ...words], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    await heard(child.stdout, ready)
  }
  const signal = async (name: NodeJS.Signals) =>
    process.kill(Number(await readFile(join(folder, 'pid'), 'utf8')), name)

  await start()
  return {
    port,
    file: (name) => join(folder, name),
    start,
    async kill() {
      await signal('SIGKILL')
      await child?.exited
    },
    freeze: async () => void (await signal('SIGSTOP')),
    thaw: async () => void (await signal('SIGCONT')),
    async [Symbol.asyncDispose]() {
      child?.kill('SIGTERM')
      await child?.exited
      await rm(folder, { recursive: true })
    },
  }
}

/**
 * Resolves when the words have been written; what comes after is read too,
 * so that a full pipe holds nobody up.
 */
export async function heard(output: ReadableStream<Uint8Array>, words: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  void (async () => {
    let text = ''
    for await (const part of output) {
      if (text.includes(words)) continue
      text += Buffer.from(part).toString()
      if (text.includes(words)) resolve()
    }
    reject(new Error(`ended before it had said '${words}': ${text.slice(-2_000)}`))
  })()
  return promise
}
