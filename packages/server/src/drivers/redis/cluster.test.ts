import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { userId } from '@confab/protocol/ids'
import { assert } from '../../lib/assert.ts'
import { busContract } from '../../ports/bus.contract.ts'
import type { BusMessage } from '../../ports/bus.ts'
import { presenceContract } from '../../ports/presence.contract.ts'
import { rateLimitsContract } from '../../ports/rate-limits.contract.ts'
import { ticketsContract } from '../../ports/tickets.contract.ts'
import { openRedisBus } from './bus.ts'
import { openRedisPresence } from './presence.ts'
import { presenceScripts } from './presence-scripts.ts'
import { rateLimitScripts } from './rate-limit-scripts.ts'
import { openRedisRateLimits } from './rate-limits.ts'
import { openRedis } from './redis.ts'
import { slotOf } from './slots.ts'
import { testRedisUrl } from './test-redis.ts'
import { type OwnCluster, startOwnCluster } from './test-redis-cluster.ts'
import { ticketScripts } from './ticket-scripts.ts'
import { openRedisTickets } from './tickets.ts'

const report = () => undefined
const scripts = [...presenceScripts, ...rateLimitScripts, ...ticketScripts]
const store = { presences: async () => [] }
const key = new Uint8Array(32)

let own: OwnCluster | undefined
const cluster = (): OwnCluster => {
  assert(own, 'no cluster was started')
  return own
}
const prefixOf = () => `test-${crypto.randomUUID()}`
const open = (prefix = prefixOf()) => openRedis({ url: `${cluster().url}?prefix=${prefix}`, scripts, report })

describe.skipIf(testRedisUrl === undefined)('on a cluster of three servers', () => {
  beforeAll(async () => {
    own = await startOwnCluster()
  }, 30_000)
  afterAll(() => own?.[Symbol.asyncDispose]())

  busContract(async ({ report }) => {
    const stack = new AsyncDisposableStack()
    const prefix = prefixOf()
    const node = async () => {
      const engine = stack.use(await openRedis({ url: `${cluster().url}?prefix=${prefix}`, scripts, report }))
      return stack.use(await openRedisBus(engine))
    }
    return { here: await node(), there: await node(), [Symbol.asyncDispose]: () => stack.disposeAsync() }
  })

  presenceContract(async ({ clock, report }) => {
    const stack = new AsyncDisposableStack()
    const url = `${cluster().url}?prefix=${prefixOf()}`
    const engine = stack.use(await openRedis({ url, scripts, report }))
    const bus = stack.use(await openRedisBus(engine))
    const board = async () =>
      stack.use(await openRedisPresence(engine, { bus, store, clock, now: clock.now }))
    const [here, there] = [await board(), await board()]
    return { here, there, crashThere: there.crash, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  })

  rateLimitsContract(async ({ clock }) => {
    const engine = await open()
    const limits = openRedisRateLimits(engine, { key, now: clock.now })
    return { ...limits, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() }
  })

  ticketsContract(async ({ clock }) => {
    const engine = await open()
    const node = () => openRedisTickets(engine, { now: clock.now })
    return { here: node(), there: node(), [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() }
  })

  test('[REDIS9] a key is in the slot that the servers say', async () => {
    const [{ client } = fail()] = cluster().servers
    const keys = ['a', 'confab:{presence}:user:1', '{}a', 'a{b', 'a}{b}{c}', '{a{b}c}', 'ünï{çø}dé', '']
    for (const one of keys)
      expect([one, slotOf(one)]).toEqual([one, Number(await client.cluster('KEYSLOT', one))])
  })

  test('[REDIS10] channels and limits spread over all servers, and reach every node', async () => {
    const prefix = prefixOf()
    await using here = await openNode(prefix)
    await using there = await openNode(prefix)
    const channels = Array.from({ length: 60 }, (_, n) => `c${n}`)
    const heard = new Set<string>()
    const all = Promise.withResolvers<void>()
    await there.bus.subscribe(channels, ({ channel }) => heard.add(channel).size === 60 && all.resolve())
    here.bus.publish(channels.map((channel) => ({ channel, seq: 1, body: '' })))
    await all.promise
    for (const channel of channels) expect(await here.limits.take(channel, bucket)).toEqual({ granted: true })
    for (const { client } of cluster().servers) {
      expect(await client.keys(`${prefix}:limit:*`)).not.toEqual([])
      const subscribed = await client.call('PUBSUB', 'SHARDCHANNELS', `${prefix}:*`)
      expect(Array.isArray(subscribed) && subscribed.length).toBeGreaterThan(0)
    }
    for (const channel of channels) expect((await there.limits.take(channel, bucket)).granted).toBe(false)
  })

  test('[REDIS11] a slot that moves is followed: what is asked of it meanwhile, and who is subscribed to it', async () => {
    const prefix = prefixOf()
    await using here = await openNode(prefix)
    await using there = await openNode(prefix)
    const { servers, holderOf } = cluster()
    const channel = 'moving'
    const slot = slotOf(`${prefix}:${channel}`)
    const from = holderOf(slot)
    const to = servers.find((one) => one !== from) ?? fail()
    const heard = listenTo(channel)
    await there.bus.subscribe([channel], heard.listen)
    here.bus.publish([{ channel, seq: 1, body: '' }])
    await heard.seq(1)

    // A key of the same slot, that is not there yet, is asked of who takes it over.
    const name = `{${prefix}:${channel}}:limit`
    const take = () =>
      here.engine.commands.run(rateLimitScripts[0] ?? fail(), { keys: [name], args: ['', 1, 60_000, 1] })
    await to.client.cluster('SETSLOT', slot, 'IMPORTING', from.id)
    await from.client.cluster('SETSLOT', slot, 'MIGRATING', to.id)
    expect(await take()).toBe(0)
    expect([
      await from.client.cluster('COUNTKEYSINSLOT', slot),
      await to.client.cluster('COUNTKEYSINSLOT', slot),
    ]).toEqual([0, 1])
    const cuts = [cutOf(there.bus), cutOf(here.bus)]
    for (const { client } of [to, from, ...servers.filter((one) => one !== to && one !== from)])
      await client.cluster('SETSLOT', slot, 'NODE', to.id)
    expect(Number(await take())).toBeGreaterThan(0)
    await Promise.all(cuts)
    here.bus.publish([{ channel, seq: 2, body: '' }])
    await heard.seq(2)
  }, 20_000)

  test('[REDIS12] with one server frozen the bus is cut and others count on; what it holds each node counts alone', async () => {
    const prefix = prefixOf()
    await using here = await openNode(prefix)
    const away = cluster().servers[2] ?? fail()
    const names = Array.from({ length: 20 }, (_, n) => `k${n}`)
    for (const name of names) await here.limits.take(name, bucket)
    const down = here.isDown()
    away.redis.freeze()
    await down
    expect(here.bus.isCut).toBe(true)
    const grants = await Promise.all(
      names.map(async (name) => (await here.limits.take(name, bucket)).granted),
    )
    expect(new Set(grants)).toEqual(new Set([true, false]))
    const up = new Promise((resolve) => here.engine.commands.onUp(resolve))
    away.redis.thaw()
    await up
    for (const name of names) expect((await here.limits.take(name, bucket)).granted).toBe(false)
  }, 20_000)
})

test.skipIf(testRedisUrl === undefined)(
  '[REDIS13] a server that is killed is followed by its replica: nodes are cut, told so, and meet there',
  async () => {
    await using watched = await startOwnCluster({ withReplicas: true })
    own = watched
    const prefix = prefixOf()
    await using here = await openNode(prefix)
    await using there = await openNode(prefix)
    const channel = 'followed'
    const dying = watched.holderOf(slotOf(`${prefix}:${channel}`))
    const heard = listenTo(channel)
    await there.bus.subscribe([channel], heard.listen)
    here.bus.publish([{ channel, seq: 1, body: '' }])
    await heard.seq(1)
    const killedAt = Date.now()
    const cuts = [cutOf(here.bus), cutOf(there.bus)]
    // Of a cut a node is told once it hears again; what it publishes arrives once its commands do.
    const up = new Promise((resolve) => here.engine.commands.onUp(resolve))
    const down = here.isDown()
    await dying.redis.kill()
    await down
    expect(here.bus.isCut).toBe(true)
    for (const since of await Promise.all(cuts)) expect(since).toBeLessThanOrEqual(killedAt)
    await up
    here.bus.publish([{ channel, seq: 2, body: '' }])
    await heard.seq(2)
    const ann = userId.parse('01939c2e-0000-7000-8000-00000000000a')
    await here.board.connect(ann, 'phone')
    expect((await there.board.look([ann]))[0]?.status).toBe('online')
  },
  30_000,
)

const bucket = { capacity: 1, perMinute: 1 }

function fail(): never {
  throw new Error('there is none')
}

/** Since when a bus was cut, once it is told and no longer so. */
const cutOf = (bus: Awaited<ReturnType<typeof openRedisBus>>) =>
  new Promise<number>((resolve) => {
    const stop = bus.onCut((since = 0) => {
      stop()
      resolve(since)
    })
  })

function listenTo(channel: string) {
  const seqs = new Set<number>()
  const waiting = new Map<number, () => void>()
  return {
    listen(message: BusMessage) {
      if (message.channel !== channel) return
      seqs.add(message.seq)
      waiting.get(message.seq)?.()
    },
    seq: (seq: number) =>
      new Promise<void>((resolve) => (seqs.has(seq) ? resolve() : waiting.set(seq, resolve))),
  }
}

async function openNode(prefix: string) {
  const stack = new AsyncDisposableStack()
  let heardDown: () => void = () => undefined
  const engine = stack.use(
    await openRedis({
      ...{ url: `${cluster().url}?prefix=${prefix}`, scripts },
      report: (context) => context.startsWith('redis: cut off') && heardDown(),
    }),
  )
  const bus = stack.use(await openRedisBus(engine))
  const board = stack.use(await openRedisPresence(engine, { bus, store }))
  return {
    ...{ engine, bus, board, limits: openRedisRateLimits(engine, { key }) },
    isDown: async () => {
      while (engine.commands.isUp) await new Promise<void>((resolve) => (heardDown = resolve))
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
