import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const script = join(import.meta.dir, '../tools/services')
const withKafka = process.env.TEST_KAFKA_ABSENT === undefined
const engines = [
  ...['TEST_POSTGRES_URL', 'TEST_REDIS_URL', 'TEST_AMQP_URL'],
  ...(withKafka ? ['TEST_KAFKA_BROKERS'] : []),
]
/** Where it runs, this suite has the engines already, or has named those that are missing. */
const hasEngines = engines.every((name) => process.env[name] !== undefined)

test.skipIf(!hasEngines)(
  '[HOUSE11] the engines answer while the command runs, and are gone with it',
  async () => {
    await using folder = await openFolder()
    const none = Object.fromEntries(engines.map((name) => [name, '']))
    const env = { ...process.env, TMPDIR: folder.path, ...none }
    const told = engines.map((name) => `$${name}`).join(' ')
    const command = ['sh', '-c', `echo "${told}"; read line; echo "$line"; exit 7`]
    const run = Bun.spawn([script, '--', ...command], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    const output = run.stdout.getReader()
    const addresses = Buffer.from((await output.read()).value ?? []).toString()
    const urls = addresses
      .trim()
      .split(' ')
      .map((address) => new URL(address))
    expect(urls.map(({ hostname }) => hostname)).toEqual(engines.map(() => '127.0.0.1'))
    const ports = urls.map(({ port }) => Number(port))
    expect(await Promise.all(ports.map(answers))).toEqual(engines.map(() => true))
    run.stdin.write('on its own input\n')
    run.stdin.end()
    expect(Buffer.from((await output.read()).value ?? []).toString()).toBe('on its own input\n')
    expect(await run.exited).toBe(7)
    expect(await Promise.all(ports.map(answers))).toEqual(engines.map(() => false))
    expect(await readdir(folder.path)).toEqual([])
  },
  120_000,
)

test.skipIf(!hasEngines)(
  '[HOUSE11] a signal stops the engines and the command',
  async () => {
    await using folder = await openFolder()
    const env = { ...process.env, TMPDIR: folder.path }
    const command = ['sh', '-c', 'echo $$; exec sleep 600']
    // What ends those two is the same, and they take as long to start as the rest of this test.
    const without = ['--without-kafka', '--without-rabbitmq']
    const run = Bun.spawn([script, ...without, '--', ...command], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [pid] = Buffer.from((await run.stdout.getReader().read()).value ?? [])
      .toString()
      .split('\n')
    expect(existsSync(`/proc/${pid}`)).toBe(true)
    run.kill('SIGTERM')
    expect(await run.exited).toBe(143)
    expect(existsSync(`/proc/${pid}`)).toBe(false)
    expect(await readdir(folder.path)).toEqual([])
  },
  120_000,
)

test.skipIf(!hasEngines)(
  '[HOUSE12] a Kafka that can’t be had is named to nobody, so that what needs it is skipped, and counted',
  async () => {
    await using folder = await openFolder()
    const tools = join(folder.path, 'tools')
    // Without what Maven has brought before.
    await cp(join(script, '..'), tools, { recursive: true })
    await mkdir(join(folder.path, 'bin'))
    await writeFile(join(folder.path, 'bin/mvn'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    const { TEST_KAFKA_BROKERS: _, TEST_KAFKA_ABSENT: __, ...others } = process.env
    const env = { ...others, TMPDIR: folder.path, PATH: `${folder.path}/bin:${process.env.PATH}` }
    const told = 'test -n "$TEST_REDIS_URL" && echo "[$TEST_KAFKA_BROKERS$TEST_KAFKA_ABSENT]"'
    const command = [join(tools, 'services'), '--without-rabbitmq', '--', 'sh', '-c', told]
    const run = Bun.spawn(command, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const said = await new Response(run.stderr).text()
    expect(await new Response(run.stdout).text()).toBe('[]\n')
    expect(said).toContain('NO KAFKA')
    expect(await run.exited).toBe(0)
  },
  120_000,
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
