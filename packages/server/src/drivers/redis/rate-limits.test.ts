import { describe, expect, test } from 'bun:test'
import { systemClock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import { lockedMs, rateLimitsContract } from '../../ports/rate-limits.contract.ts'
import type { RateLimits } from '../../ports/rate-limits.ts'
import { rateLimitScripts } from './rate-limit-scripts.ts'
import { openRedisRateLimits } from './rate-limits.ts'
import { openRedis } from './redis.ts'
import { startOwnRedis, testRedisUrl, testUrl } from './test-redis.ts'

const bucket = { capacity: 5, perMinute: 5 }
const lockout = { failures: 2, withinMs: 60_000, lockMs: 60_000 }

describe.skipIf(testRedisUrl === undefined)('on a real server', () => {
  rateLimitsContract(async ({ clock }) => (await openNode(testUrl(), clock.now)).limits)

  test('[RATE19] nodes share buckets and locks, by the time of the engine', async () => {
    await using redis = await startOwnRedis()
    await using here = await openNode(redis.url)
    await using there = await openNode(redis.url)
    expect(await here.limits.take('a', bucket, 4)).toEqual({ granted: true })
    expect(await there.limits.take('a', bucket)).toEqual({ granted: true })
    const refused = await here.limits.take('a', bucket)
    expect(refused).toEqual({ granted: false, retryAfterMs: expect.any(Number) })
    expect(await here.limits.strike('a', lockout)).toEqual({ locked: false })
    expect(await there.limits.strike('a', lockout)).toEqual({ locked: true, began: true, lockedMs: 60_000 })
    expect(await lockedMs(here.limits, 'a', lockout)).toBeWithin(1, 60_001)
  })

  test('[RATE6] the engine forgets a bucket soon after it is full again, and holds no key as it was given', async () => {
    await using redis = await startOwnRedis()
    await using node = await openNode(redis.url)
    await node.limits.take('mails ann@example.org', bucket)
    await node.limits.strike('ann@example.org', lockout)
    const client = node.engine.commands.clientOf('')
    const keys = await client.keys('*')
    const bare = new Bun.CryptoHasher('sha256').update('ann@example.org').digest('base64url')
    expect(keys.filter((key) => key.includes('ann') || key.includes(bare))).toEqual([])
    const lives = await Promise.all(keys.map((key) => client.pttl(key)))
    expect(lives.map((life) => life > 0 && life <= 70_000)).toEqual([true, true])
  })

  for (const how of ['killed', 'frozen'] as const) {
    test(`[RATE20] with an engine ${how} each node counts for itself, and no question waits for a second`, async () => {
      await using redis = await startOwnRedis()
      // So slowly gained that none comes back, however long the engine is away.
      const bucket = { capacity: 5, perMinute: 0.1 }
      await using node = await openNode(redis.url)
      await node.limits.take('a', bucket, 5)
      if (how === 'killed') await redis.kill()
      else redis.freeze()
      const askedAt = performance.now()
      expect(await node.limits.take('a', bucket, 5)).toEqual({ granted: true })
      expect((await node.limits.take('a', bucket)).granted).toBe(false)
      expect((await node.limits.look('a', bucket)).remaining).toBe(0)
      expect(await node.limits.strike('a', lockout)).toEqual({ locked: false })
      expect((await node.limits.strike('a', lockout)).locked).toBe(true)
      expect(performance.now() - askedAt).toBeLessThan(5 * 1_000)
      await Promise.all(everything(node.limits))
      const backAt = node.isUp()
      if (how === 'killed') await redis.start()
      else redis.thaw()
      await backAt
      // What was taken before is known again, where the engine has not lost it.
      expect((await node.limits.look('a', bucket)).remaining).toBe(how === 'killed' ? 5 : 0)
      expect(await lockedMs(node.limits, 'a', lockout)).toBe(0)
    }, 20_000)
  }

  test('[RATE20] an engine that takes no writes refuses nobody, and that is reported once', async () => {
    await using redis = await startOwnRedis('--min-replicas-to-write', '1')
    const reports: string[] = []
    await using node = await openNode(redis.url, undefined, (context) => reports.push(context))
    expect(await node.limits.take('a', bucket, 5)).toEqual({ granted: true })
    expect((await node.limits.take('a', bucket)).granted).toBe(false)
    expect(reports).toEqual(['redis: limits are counted by each node for itself'])
  })

  test('[RATE20] an emptied engine goes on counting', async () => {
    await using redis = await startOwnRedis()
    await using node = await openNode(redis.url)
    await node.limits.take('a', bucket, 5)
    await node.engine.commands.clientOf('').flushall()
    await node.engine.commands.clientOf('').script('FLUSH')
    expect(await node.limits.take('a', bucket, 5)).toEqual({ granted: true })
    expect((await node.limits.take('a', bucket)).granted).toBe(false)
  })
})

const everything = (limits: RateLimits) => [
  ...[limits.take('b', bucket), limits.giveBack('b', bucket), limits.look('b', bucket)],
  ...[limits.beginTry('b', lockout), limits.strike('b', lockout), limits.forgive('b', lockout)],
  limits.endTry('b', lockout),
]

async function openNode(url: string, now?: () => number, report: Report = () => undefined) {
  const stack = new AsyncDisposableStack()
  const engine = stack.use(await openRedis({ url, scripts: rateLimitScripts, clock: systemClock, report }))
  const own = openRedisRateLimits(engine, { key: new Uint8Array(32), ...(now && { now }) })
  const limits = { ...own, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  stack.use(own)
  return {
    ...{ engine, limits },
    isUp: () => new Promise<void>((resolve) => engine.commands.onUp(() => resolve())),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
