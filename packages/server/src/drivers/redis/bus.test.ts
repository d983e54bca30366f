import { describe, expect, test } from 'bun:test'
import type { Report } from '../../lib/report.ts'
import { busContract } from '../../ports/bus.contract.ts'
import type { BusMessage } from '../../ports/bus.ts'
import { openRedisBus } from './bus.ts'
import { openRedis } from './redis.ts'
import { startOwnRedis, testRedisUrl, testUrl } from './test-redis.ts'

describe.skipIf(testRedisUrl === undefined)('on a real server', () => {
  busContract(async ({ report }) => {
    const stack = new AsyncDisposableStack()
    const url = testUrl()
    const open = async () => stack.use(await openNode(url, report)).bus
    const [here, there] = [await open(), await open()]
    return { here, there, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  })

  test('[BUS7] what this node publishes reaches its own listeners though the engine is down, and no call waits', async () => {
    await using redis = await startOwnRedis()
    await using node = await openNode(redis.url)
    await redis.kill()
    await node.isDown()
    const heard: BusMessage[] = []
    await node.bus.subscribe(['c'], (message) => heard.push(message))
    node.bus.publish([message(1)])
    expect(heard).toEqual([message(1)])
    expect(node.bus.isCut).toBe(true)
  })

  for (const [how, breakOff, mend] of [
    ['killed and started again', 'kill', 'start'],
    ['frozen and thawed', 'freeze', 'thaw'],
  ] as const) {
    test(`[BUS8] with an engine ${how} every node is told of the cut, from before it on, and then hears all`, async () => {
      const startedAt = Date.now()
      await using redis = await startOwnRedis()
      await using here = await openNode(redis.url)
      await using there = await openNode(redis.url)
      const heard: number[] = []
      const [first, last] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      await there.bus.subscribe(['c'], ({ seq }) => {
        heard.push(seq)
        if (seq === 1) first.resolve()
        if (seq === 3) last.resolve()
      })
      here.bus.publish([message(1)])
      await first.promise
      const ends = [endOfCut(here), endOfCut(there)]
      await redis[breakOff]()
      const brokenAt = Date.now()
      await Promise.all([here, there].map(({ isDown }) => isDown()))
      expect([here.bus.isCut, there.bus.isCut]).toEqual([true, true])
      here.bus.publish([message(2)])
      await there.bus.subscribe(['d'], () => undefined)
      await redis[mend]()
      for (const since of await Promise.all(ends)) expect(since).toBeWithin(startedAt, brokenAt + 1)
      await here.bus.subscribe(['d'], () => undefined)
      here.bus.publish([message(3)])
      await last.promise
      // The second may have waited in the frozen engine's socket.
      expect(heard.filter((seq) => seq !== 2)).toEqual([1, 3])
    }, 20_000)
  }

  test('[BUS9] what a node could not publish is told to the others as a cut, though theirs was none', async () => {
    await using redis = await startOwnRedis()
    await using here = await openNode(redis.url)
    await using there = await openNode(redis.url)
    const since = Promise.withResolvers<number | undefined>()
    there.bus.onCut(since.resolve)
    const lostAt = Date.now()
    here.dropCommands()
    here.bus.publish([message(1)])
    expect(await since.promise).toBeWithin(lostAt - 1_000, lostAt + 1_000)
    expect(there.bus.isCut).toBe(false)
  })

  test('[BUS9] … and a time that is none is told to nobody', async () => {
    await using redis = await startOwnRedis()
    await using node = await openNode(redis.url)
    const cuts: unknown[] = []
    const told = Promise.withResolvers<void>()
    node.bus.onCut((since) => {
      // Its own beginning is told as well.
      if ((since ?? 0) < 1_000_000 || Number.isNaN(since)) cuts.push(since)
      if (since === 1234) told.resolve()
    })
    for (const body of ['soon', '', '1234'])
      await node.engine.commands.clientOf('').publish('confab:lost', `another 0 \n${body}`)
    await told.promise
    expect(cuts).toEqual([1234])
  })

  test('[BUS8] emptying the engine cuts nobody off', async () => {
    await using redis = await startOwnRedis()
    await using here = await openNode(redis.url)
    await using there = await openNode(redis.url)
    const heard = Promise.withResolvers<BusMessage>()
    await there.bus.subscribe(['c'], heard.resolve)
    await here.engine.commands.clientOf('').flushall()
    here.bus.publish([message(1)])
    expect(await heard.promise).toEqual(message(1))
    expect([here.bus.isCut, there.bus.isCut]).toEqual([false, false])
  })
})

const message = (seq: number): BusMessage => ({ channel: 'c', seq, body: `#${seq}`, tag: 'a-tag' })

/** Since when it was cut, once it no longer is. */
const endOfCut = ({ bus, engine }: Awaited<ReturnType<typeof openNode>>) =>
  new Promise<number>((resolve) => {
    let from = Number.POSITIVE_INFINITY
    const look = () => from < Number.POSITIVE_INFINITY && !bus.isCut && resolve(from)
    bus.onCut((since = from) => {
      from = Math.min(from, since)
      look()
    })
    engine.commands.onUp(look)
  })

/** A node's bus, whose reports nobody reads unless they are asked for. */
async function openNode(url: string, report?: Report) {
  const stack = new AsyncDisposableStack()
  const down = Promise.withResolvers<void>()
  const told: Report = (context, cause) => {
    if (context.startsWith('redis: cut off')) down.resolve()
    else report?.(context, cause)
  }
  const engine = stack.use(await openRedis({ url, scripts: [], report: told }))
  const bus = stack.use(await openRedisBus(engine))
  return {
    ...{ engine, bus },
    isDown: () => down.promise,
    dropCommands: () => engine.commands.clientOf('').disconnect(true),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
