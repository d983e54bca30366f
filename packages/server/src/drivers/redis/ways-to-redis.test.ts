import { describe, expect, test } from 'bun:test'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '../../lib/manual-clock.ts'
import type { Report } from '../../lib/report.ts'
import { freePort } from '../../lib/test-port.ts'
import type { BusMessage } from '../../ports/bus.ts'
import { testCertificate, testClientCertificate } from '../smtp/test-certificate.ts'
import { openRedisBus } from './bus.ts'
import { openRedis } from './redis.ts'
import { startOwnRedis, testRedisUrl } from './test-redis.ts'

describe.skipIf(testRedisUrl === undefined)('on a real server', () => {
  test('[REDIS2] sentinels are asked which server is written to, with the password of that one', async () => {
    await using watched = await startWatched()
    expect(await roundTrip(watched.url)).toBe('#1')
  })

  test('[REDIS5] however long no sentinel is there, at the start or later, the server is found after', async () => {
    await using watched = await startWatched()
    await watched.sentinel.kill()
    const clock = manualClock()
    const opening = openRedis({ url: watched.url, scripts: [], clock, report })
    clock.advance(longMs)
    await using engine = await opening
    const { commands } = engine
    for (const outage of ['at the start', 'later']) {
      if (outage === 'later') await Promise.all([watched.redis.kill(), watched.sentinel.kill()])
      while (commands.isUp || commands.clientOf('').status !== 'connecting') await turn()
      const up = new Promise((resolve) => commands.onUp(resolve))
      clock.advance(longMs)
      // What has ended does so once the last sentinel was asked.
      await new Promise((resolve) => commands.clientOf('').once('error', resolve))
      clock.advance(longMs)
      if (outage === 'later') await watched.redis.start()
      await watched.sentinel.start()
      await up
      expect(await commands.clientOf('').ping()).toBe('PONG')
    }
  }, 20_000)

  // Each of the two connections is waited for: these are done at once.
  test.concurrent('[REDIS4] a password that is wrong leaves the bus cut, and nothing waits for it', async () => {
    await using redis = await startOwnRedis('--requirepass', 'hush')
    const { host } = new URL(redis.url)
    expect(await roundTrip(`redis://:hush@${host}`)).toBe('#1')
    await using engine = await openRedis({ url: `redis://:wrong@${host}`, scripts: [], report })
    await using bus = await openRedisBus(engine)
    await bus.subscribe(['c'], () => undefined)
    expect(bus.isCut).toBe(true)
  }, 15_000)

  test.concurrent('[REDIS6] why a server was never reached is said once, and no password with it', async () => {
    await using redis = await startOwnRedis('--requirepass', 'hush')
    const { host } = new URL(redis.url)
    const reasonOf = async (url: string) => {
      const told: { context: string; cause: unknown }[] = []
      const report: Report = (context, cause) => told.push({ context, cause })
      await using _engine = await openRedis({ url, scripts: [], report })
      expect(Bun.inspect(told)).not.toContain('sesame')
      expect(told).toHaveLength(1)
      expect(told[0]?.context).toBe('redis: not reached; it is tried on')
      return told[0]?.cause
    }
    expect(await reasonOf(`redis://:sesame@${host}`)).toMatchObject({
      message: expect.stringContaining('WRONGPASS'),
    })
    expect(await reasonOf(`redis://:sesame@127.0.0.1:${await freePort()}`)).toMatchObject({
      message: expect.stringMatching(/ECONNREFUSED|connect/i),
    })
  }, 15_000)
})

test.skipIf(testRedisUrl === undefined)(
  '[REDIS3] by TLS, trusting whom the address says and nobody else, and showing the certificate that it names',
  async () => {
    await using folder = await openFolder()
    const write = async (name: string, text: string) => {
      await writeFile(join(folder.path, name), text)
      return join(folder.path, name)
    }
    const [cert, key] = [
      await write('cert.pem', testCertificate.cert),
      await write('key.pem', testCertificate.key),
    ]
    const { cert: ownCert, key: ownKey } = testClientCertificate
    const own = `cert=${await write('own.pem', ownCert)}&key=${await write('own-key.pem', ownKey)}`
    const tlsPort = await freePort()
    await using _redis = await startOwnRedis(
      ...['--tls-port', String(tlsPort), '--tls-auth-clients', 'yes'],
      ...['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert],
    )
    expect(await roundTrip(`rediss://localhost:${tlsPort}?ca=${cert}&${own}`)).toBe('#1')
    for (const words of [own, `ca=${cert}`]) {
      await using engine = await openRedis({
        url: `rediss://localhost:${tlsPort}?${words}`,
        scripts: [],
        report,
      })
      expect(engine.commands.isUp).toBe(false)
    }
  },
  15_000,
)

const report = () => undefined
const turn = () => new Promise((resolve) => setImmediate(resolve))
/** Longer than the time after which a silent connection is made anew. */
const longMs = 30_000

/** A server with a password, and the sentinel that watches it. */
async function startWatched() {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(await openFolder())
  const redis = stack.use(await startOwnRedis('--requirepass', 'hush'))
  const { port } = new URL(redis.url)
  const file = join(folder.path, 'sentinel.conf')
  const settings = [`sentinel monitor main 127.0.0.1 ${port} 1`, 'sentinel auth-pass main hush', '']
  await writeFile(file, settings.join('\n'))
  const sentinel = stack.use(await startOwnRedis(file, '--sentinel'))
  const url = `redis+sentinel://:hush@${new URL(sentinel.url).host}/main`
  return { redis, sentinel, url, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

/** What one node hears that another one has published, both by this address. */
async function roundTrip(url: string): Promise<string> {
  await using here = await openRedis({ url, scripts: [], report })
  await using there = await openRedis({ url, scripts: [], report })
  await using from = await openRedisBus(here)
  await using to = await openRedisBus(there)
  const heard = Promise.withResolvers<BusMessage>()
  await to.subscribe(['c'], heard.resolve)
  from.publish([{ channel: 'c', seq: 1, body: '#1' }])
  return (await heard.promise).body
}

async function openFolder() {
  const path = await mkdtemp(join(tmpdir(), 'confab-sentinel-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}
