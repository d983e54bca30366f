import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../lib/test-port.ts'

/** A PostgreSQL of the test's own, to be frozen, with all its processes, and to go on. */
export interface OwnPostgres extends AsyncDisposable {
  url: string
  freeze(): void
  thaw(): void
}

const program = join(import.meta.dir, '../../../../../../tools/postgres')

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'confab-postgres-'))
  const child = Bun.spawn([program, folder, String(port), '-c', 'fsync=off'], {
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended with ${child.exitCode}`)
    await Bun.sleep(50)
  }

  /** The one that takes connections goes first, so that there are no new ones. */
  function signalAll(signal: NodeJS.Signals) {
    child.kill(signal)
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
    for (const pid of children.split(' ').filter(Boolean)) process.kill(Number(pid), signal)
  }
  return {
    url: `postgres://confab@127.0.0.1:${port}/postgres`,
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    async [Symbol.asyncDispose]() {
      signalAll('SIGCONT')
      child.kill('SIGQUIT')
      await child.exited
      rmSync(folder, { recursive: true })
    },
  }
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const { promise, resolve } = Promise.withResolvers<boolean>()
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  const takes = await promise
  socket.destroy()
  return takes
}
