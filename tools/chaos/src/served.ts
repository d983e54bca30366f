import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitUntil } from '../../load/src/measure/wait-until.ts'

/**
 * The real server, as `npm start` runs it,
 * on one port and with the same settings however often it is started.
 */
export interface Served extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  readonly starts: number
  /** The signal or status with which the process ended; undefined while it runs. */
  readonly ended: string | undefined
  /** The last that it wrote. */
  readonly log: string
  start(): Promise<void>
  /** Throws with what it wrote last, if it has ended. */
  mustRun(): void
  signal(signal: NodeJS.Signals): void
  /** Resolves when the process is gone. */
  gone(): Promise<void>
  /** By proc_pid_stat(5): `T` for stopped. */
  state(): string
}

export interface ServedOptions {
  root: string
  port: number
  env: Record<string, string>
}

const main = join('packages', 'server', 'src', 'main.ts')
/** A file-size limit is to fail a write, as a full disk does, and not to end the process by its signal. */
const ignoringXfsz = 'trap "" XFSZ; exec "$0" "$@"'
const startWithinMs = 30_000
const stopWithinMs = 15_000
const logChars = 20_000

export async function openServed({ root, port, env }: ServedOptions): Promise<Served> {
  let child = spawn()
  let log = ''
  let starts = 0

  function spawn() {
    return Bun.spawn(['sh', '-c', ignoringXfsz, process.execPath, '--no-orphans', main], {
      cwd: root,
      // Nothing of the environment that could be a setting.
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        NODE_ENV: 'production',
        LOG_LEVEL: 'warn',
        RATE_LIMITS: 'off',
        PORT: String(port),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  async function listen(stream: ReadableStream<Uint8Array>) {
    const decoder = new TextDecoder()
    for await (const part of stream) log = (log + decoder.decode(part, { stream: true })).slice(-logChars)
  }

  async function ready() {
    starts++
    void listen(child.stdout)
    void listen(child.stderr)
    const isReady = async () => {
      served.mustRun()
      const answer = await fetch(`${served.url}/readyz`, { signal: AbortSignal.timeout(1_000) }).catch(
        () => undefined,
      )
      return answer?.ok ?? false
    }
    await waitUntil('the server is ready', isReady, { withinMs: startWithinMs })
  }

  const served: Served = {
    url: `http://localhost:${port}`,
    get pid() {
      return child.pid
    },
    get starts() {
      return starts
    },
    get ended() {
      if (child.signalCode !== null) return String(child.signalCode)
      return child.exitCode === null ? undefined : `status ${child.exitCode}`
    },
    get log() {
      return log
    },
    async start() {
      child = spawn()
      await ready()
    },
    mustRun() {
      if (served.ended !== undefined) throw new Error(`the server ended with ${served.ended}: ${log}`)
    },
    signal: (signal) => child.kill(signal),
    async gone() {
      await child.exited
    },
    state: () => stateOf(child.pid),
    async [Symbol.asyncDispose]() {
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
      await child.exited
      clearTimeout(late)
    },
  }
  await ready()
  return served
}

function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3)
}
