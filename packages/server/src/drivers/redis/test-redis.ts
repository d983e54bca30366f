import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { heard } from '../../lib/test-own-engine.ts'
import { freePort } from '../../lib/test-port.ts'

/** Where `tools/services` says that a Redis runs for the tests; without one they are skipped. */
export const testRedisUrl = process.env.TEST_REDIS_URL

/** A place of its own on that one. */
export const testUrl = () => `${testRedisUrl}?prefix=test-${crypto.randomUUID()}`

/** A Redis of the test's own, to be killed, frozen and started again, always on the same port. */
export interface OwnRedis extends AsyncDisposable {
  url: string
  start(): Promise<void>
  kill(): Promise<void>
  freeze(): void
  thaw(): void
}

/**
 * With further words for its command line, such as `--requirepass secret`; a file of settings comes first.
 */
export async function startOwnRedis(...words: string[]): Promise<OwnRedis> {
  const isSentinel = words.includes('--sentinel')
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'confab-redis-'))
  let child: Bun.Subprocess<'ignore', 'pipe', 'ignore'>

  async function start() {
    child = Bun.spawn(
      [
        ...['redis-server', ...words, '--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
        ...(isSentinel ? [] : ['--save', '']),
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    )
    await heard(child.stdout, isSentinel ? 'Sentinel ID is' : 'Ready to accept connections')
  }

  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    async kill() {
      child.kill('SIGKILL')
      await child.exited
    },
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await child.exited
      await rm(folder, { recursive: true })
    },
  }
}
