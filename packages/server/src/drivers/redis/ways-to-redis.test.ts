import { describe, expect, test } from 'bun:test'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../lib/test-port.ts'
import type { BusMessage } from '../../ports/bus.ts'
import { testCertificate } from '../smtp/test-certificate.ts'
import { openRedisBus } from './bus.ts'
import { openRedis } from './redis.ts'
import { startOwnRedis, testRedisUrl } from './test-redis.ts'

describe.skipIf(testRedisUrl === undefined)('on a real server', () => {
  test('[REDIS2] sentinels are asked which server is written to, with the password of that one', async () => {
    await using folder = await openFolder()
    await using redis = await startOwnRedis('--requirepass', 'hush')
    const { port } = new URL(redis.url)
    const file = join(folder.path, 'sentinel.conf')
    const settings = [`sentinel monitor main 127.0.0.1 ${port} 1`, 'sentinel auth-pass main hush', '']
    await writeFile(file, settings.join('\n'))
    await using sentinel = await startOwnRedis(file, '--sentinel')
    const { host } = new URL(sentinel.url)
    expect(await roundTrip(`redis+sentinel://:hush@${host}/main`)).toBe('#1')
  })

  // Each of the two connections is waited for.
  test('[REDIS4] a password that is wrong leaves the bus cut, and nothing waits for it', async () => {
    await using redis = await startOwnRedis('--requirepass', 'hush')
    const { host } = new URL(redis.url)
    expect(await roundTrip(`redis://:hush@${host}`)).toBe('#1')
    await using engine = await openRedis({ url: `redis://:wrong@${host}`, scripts: [], report })
    await using bus = await openRedisBus(engine)
    await bus.subscribe(['c'], () => undefined)
    expect(bus.isCut).toBe(true)
  }, 15_000)
})

test.skipIf(testRedisUrl === undefined)(
  '[REDIS3] by TLS, trusting whom the address says, and nobody else',
  async () => {
    await using folder = await openFolder()
    const [cert, key] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')]
    await writeFile(cert, testCertificate.cert)
    await writeFile(key, testCertificate.key)
    const tlsPort = await freePort()
    await using _redis = await startOwnRedis(
      ...['--tls-port', String(tlsPort), '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert],
    )
    expect(await roundTrip(`rediss://localhost:${tlsPort}?ca=${cert}`)).toBe('#1')
    await using engine = await openRedis({ url: `rediss://localhost:${tlsPort}`, scripts: [], report })
    expect(engine.commands.isUp).toBe(false)
  },
  15_000,
)

const report = () => undefined

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
