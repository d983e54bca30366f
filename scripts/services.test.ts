import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const script = join(import.meta.dir, '../tools/services')
/** Where it runs, this suite has an engine already, or has named that it has none. */
const hasPostgres = process.env.TEST_POSTGRES_URL !== undefined

test.skipIf(!hasPostgres)(
  '[HOUSE11] the engines answer while the command runs, and are gone with it',
  async () => {
    await using folder = await openFolder()
    const env = { ...process.env, TMPDIR: folder.path, TEST_POSTGRES_URL: '' }
    const command = ['sh', '-c', 'echo "$TEST_POSTGRES_URL"; read line; echo "$line"; exit 7']
    const run = Bun.spawn([script, '--', ...command], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    const output = run.stdout.getReader()
    const url = new URL(Buffer.from((await output.read()).value ?? []).toString())
    expect(url.hostname).toBe('127.0.0.1')
    expect(await answers(Number(url.port))).toBe(true)
    run.stdin.write('on its own input\n')
    run.stdin.end()
    expect(Buffer.from((await output.read()).value ?? []).toString()).toBe('on its own input\n')
    expect(await run.exited).toBe(7)
    expect(await answers(Number(url.port))).toBe(false)
    expect(await readdir(folder.path)).toEqual([])
  },
)

test.skipIf(!hasPostgres)(
  '[HOUSE11] a signal stops the engines and the command',
  async () => {
    await using folder = await openFolder()
    const env = { ...process.env, TMPDIR: folder.path }
    const command = ['sh', '-c', 'echo $$; exec sleep 600']
    const run = Bun.spawn([script, '--', ...command], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    const [pid] = Buffer.from((await run.stdout.getReader().read()).value ?? [])
      .toString()
      .split('\n')
    expect(existsSync(`/proc/${pid}`)).toBe(true)
    run.kill('SIGTERM')
    expect(await run.exited).toBe(143)
    expect(existsSync(`/proc/${pid}`)).toBe(false)
    expect(await readdir(folder.path)).toEqual([])
  },
  30_000,
)

async function openFolder() {
  const path = await mkdtemp(join(tmpdir(), 'confab-services-test-'))
  // An engine that root starts runs as its own user, who must get there.
  await chmod(path, 0o711)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

function answers(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = createConnection({ host: '127.0.0.1', port }, () => resolve(true))
  socket.on('error', () => resolve(false))
  return promise.finally(() => socket.destroy())
}
