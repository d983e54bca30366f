import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SQL } from 'bun'
import { freePort } from '../../../lib/test-port.ts'

/** A PostgreSQL of the test's own: to be frozen, with all its processes, killed, and started again. */
export interface OwnPostgres extends AsyncDisposable {
  url: string
  freeze(): void
  thaw(): void
  /** Ends it as a power cut does, and waits until it is gone. What it has flushed is there after `start`. */
  kill(): Promise<void>
  start(): Promise<void>
  /** What a superuser asks of it. */
  run(text: string): Promise<unknown[]>
  /** A file of its own, beside its data, for itself alone. */
  write(name: string, text: string): Promise<void>
}

const program = join(import.meta.dir, '../../../../../../tools/postgres')

/** `standbyOf` makes it a streaming standby of another, named for `synchronous_standby_names`. */
export async function startOwnPostgres({
  standbyOf,
  inPlaceOf,
}: {
  standbyOf?: { primary: OwnPostgres; name: string }
  /** One that was killed, at whose address this one is. */
  inPlaceOf?: OwnPostgres
} = {}): Promise<OwnPostgres> {
  const port = inPlaceOf ? Number(new URL(inPlaceOf.url).port) : await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'confab-postgres-'))
  const of = standbyOf ? ['--standby-of', new URL(standbyOf.primary.url).port, standbyOf.name] : []
  const url = `postgres://confab@127.0.0.1:${port}/postgres`
  let child = await begin()

  async function begin() {
    const begun = Bun.spawn([program, ...of, folder, String(port), '-c', 'fsync=off'], {
      stdio: ['ignore', 'ignore', 'ignore'],
    })
    while (!isReady(folder)) {
      if (begun.exitCode !== null) throw new Error(`PostgreSQL ended with ${begun.exitCode}`)
      await Bun.sleep(20)
    }
    return begun
  }

  /** The one that takes connections goes first, so that there are no new ones. */
  function signalAll(signal: NodeJS.Signals) {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
    for (const pid of children.split(' ').filter(Boolean)) process.kill(Number(pid), signal)
  }

  async function kill() {
    signalAll('SIGCONT')
    child.kill('SIGQUIT')
    await child.exited
    rmSync(join(folder, 'data/postmaster.pid'), { force: true })
  }

  async function run(text: string) {
    await using sql = new SQL(url, { max: 1 })
    return [...(await sql.unsafe(text))]
  }

  return {
    url,
    run,
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    kill,
    async start() {
      child = await begin()
    },
    // By itself: started by root, it runs as its own user, to whom a key must belong.
    write: async (name, text) =>
      void (await run(
        `COPY (SELECT regexp_split_to_table($$${text}$$, '\n')) TO PROGRAM 'umask 077; cat > ${name}'`,
      )),
    async [Symbol.asyncDispose]() {
      await kill()
      rmSync(folder, { recursive: true })
    },
  }
}

/** The last line of its pid file says what it is at: a standby is there for who reads. */
function isReady(folder: string): boolean {
  try {
    return /\b(ready|standby)\s*$/.test(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8'))
  } catch {
    return false
  }
}
