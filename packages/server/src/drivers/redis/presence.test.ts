import { describe, expect, test } from 'bun:test'
import { type UserId, userId } from '@confab/protocol/ids'
import { manualClock } from '../../lib/manual-clock.ts'
import { presenceContract } from '../../ports/presence.contract.ts'
import type { PresenceBoard, Seen } from '../../ports/presence.ts'
import type { Store } from '../../ports/store.ts'
import type { KeptPresence } from '../../ports/writes.ts'
import { openRedisBus } from './bus.ts'
import { openRedisPresence } from './presence.ts'
import { presenceScripts } from './presence-scripts.ts'
import { openRedis } from './redis.ts'
import { startOwnRedis, testRedisUrl, testUrl } from './test-redis.ts'

const ann = userId.parse('01939c2e-0000-7000-8000-00000000000a')
const bob = userId.parse('01939c2e-0000-7000-8000-00000000000b')

describe.skipIf(testRedisUrl === undefined)('on a real server', () => {
  presenceContract(async ({ clock, report }) => {
    // One connection for both nodes, so that what the clock lets them do keeps its order.
    const stack = new AsyncDisposableStack()
    const engine = stack.use(await openRedis({ url: testUrl(), scripts: presenceScripts, report }))
    const bus = stack.use(await openRedisBus(engine))
    const open = async () =>
      stack.use(await openRedisPresence(engine, { bus, store: keeping(), clock, now: clock.now }))
    const [here, there] = [await open(), await open()]
    return { here, there, crashThere: there.crash, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  })

  test('[PRES13] what changes on one node is told on the others', async () => {
    await using redis = await startOwnRedis()
    await using here = await openNode(redis.url)
    await using there = await openNode(redis.url)
    const told = there.next(ann, 'online')
    await here.board.connect(ann, 'phone')
    expect(await told).toEqual({ userId: ann, status: 'online', lastSeenAt: null })
    const left = [here.next(ann, 'offline'), there.next(ann, 'offline')]
    await here.board.disconnect(ann, 'phone')
    const [own, others] = await Promise.all(left)
    expect(own?.lastSeenAt).toBeNumber()
    expect(others).toEqual(own)
  })

  test('[PRES14] a further connection that changes nothing for its user writes nothing', async () => {
    await using redis = await startOwnRedis()
    await using node = await openNode(redis.url)
    await node.board.connect(ann, 'phone')
    const written = () => node.engine.commands.clientOf('').info('commandstats')
    const scripts = async () => /cmdstat_evalsha:calls=(\d+)/.exec(await written())?.[1]
    const before = await scripts()
    for (const device of ['desk', 'tablet']) await node.board.connect(ann, device)
    for (const device of ['desk', 'tablet']) await node.board.disconnect(ann, device)
    expect(await scripts()).toBe(before)
    await node.board.disconnect(ann, 'phone')
    expect(await scripts()).not.toBe(before)
  })

  for (const how of ['killed', 'frozen'] as const) {
    test(`[PRES15] with an engine ${how} presence is frozen, and what changed meanwhile is written after`, async () => {
      await using redis = await startOwnRedis()
      await using here = await openNode(redis.url)
      await using there = await openNode(redis.url)
      await Promise.all([here.board.connect(ann, 'phone'), there.next(ann, 'online')])
      await here.board.look([bob])
      const down = [here.isDown(), there.isDown()]
      if (how === 'killed') await redis.kill()
      else redis.freeze()
      await Promise.all(down)
      const told: Seen[] = []
      there.board.onChange((seen) => told.push(seen))
      await here.board.disconnect(ann, 'phone')
      await here.board.connect(bob, 'desk')
      for (const { board } of [here, there]) {
        expect(await statuses(board)).toEqual(['online', 'offline'])
      }
      expect(told).toEqual([])
      // A board that is cut off yet misses what is told: who watches looks again after the bus's cut.
      const back = [here.next(bob, 'online'), there.isUp()]
      if (how === 'killed') await redis.start()
      else redis.thaw()
      await Promise.all(back)
      expect(await statuses(there.board)).toEqual(['offline', 'online'])
    }, 20_000)
  }

  test('[PRES16] after the engine was emptied everybody who is here is there again', async () => {
    await using redis = await startOwnRedis()
    await using here = await openNode(redis.url)
    await using there = await openNode(redis.url)
    await here.board.connect(ann, 'phone')
    await there.board.connect(bob, 'desk')
    await here.engine.commands.clientOf('').flushall()
    const back = here.next(bob, 'online')
    expect((await here.board.look([ann])).map(({ status }) => status)).toEqual(['online'])
    await back
    expect(await statuses(here.board)).toEqual(['online', 'online'])
    const told = there.next(ann, 'offline')
    await here.board.disconnect(ann, 'phone')
    await told
  })

  test('[PRES16] … as they have chosen: invisible is seen by nobody, and a newer choice holds', async () => {
    await using redis = await startOwnRedis()
    const [cat, dan] = ['c', 'd'].map((last) =>
      userId.parse(`01939c2e-0000-7000-8000-00000000000${last}`),
    ) as [UserId, UserId]
    const chose = (id: UserId, chosen: KeptPresence['chosen']) => ({ userId: id, lastSeenAt: null, chosen })
    const store = keeping(chose(ann, 'invisible'), chose(bob, 'busy'), chose(cat, null), chose(dan, null))
    await using here = await openNode(redis.url, store)
    await using there = await openNode(redis.url, store)
    await here.board.choose(ann, 'phone', 'invisible')
    await here.board.choose(bob, 'phone', 'busy')
    for (const id of [ann, bob, cat, dan]) await here.board.connect(id, 'phone')
    const told: string[] = []
    there.board.onChange((seen) => told.push(`${seen.userId === ann} ${seen.status}`))
    await here.engine.commands.clientOf('').flushall()
    // Of who is known again what is known holds: the store was read before they chose.
    await there.board.choose(dan, 'desk', 'invisible')
    const back = there.next(cat, 'online')
    expect((await here.board.look([ann, bob, cat, dan])).map(({ status }) => status)).toEqual([
      'offline',
      'busy',
      'online',
      'offline',
    ])
    await back
    expect(told).not.toContain('true online')
  })

  test('[PRES18] after the engine was put back to an earlier state what the store says was chosen holds, and what changes is told', async () => {
    await using redis = await startOwnRedis()
    const chosen = new Map<UserId, KeptPresence['chosen']>([[ann, 'busy']])
    const store = {
      presences: async (ids: readonly UserId[]) =>
        ids.map((id) => ({ userId: id, lastSeenAt: null, chosen: chosen.get(id) ?? null })),
    }
    await using here = await openNode(redis.url, store)
    await using there = await openNode(redis.url, store)
    await here.board.connect(ann, 'phone')
    await there.board.connect(bob, 'desk')
    await here.board.choose(ann, 'phone', 'busy')
    await here.engine.commands.clientOf('').save()
    const seen = [there.next(ann, 'online'), here.next(bob, 'busy')]
    chosen.set(ann, null).set(bob, 'busy')
    await here.board.choose(ann, 'phone', 'online')
    await there.board.choose(bob, 'desk', 'busy')
    await Promise.all(seen)
    expect(await statuses(here.board)).toEqual(['online', 'busy'])
    const up = [here, there].map(({ engine }) => new Promise((resolve) => engine.commands.onUp(resolve)))
    await redis.kill()
    await redis.start()
    await Promise.all(up)
    // Asked again: a node that saw nothing of the old choice has nothing to tell.
    const until = async (board: PresenceBoard, wanted: string) => {
      for (let now = ''; now !== wanted; ) now = (await statuses(board)).join(' ')
    }
    for (const { board } of [here, there]) await until(board, 'online busy')
    await here.board.choose(ann, 'phone', 'away')
    await until(there.board, 'away busy')
  })

  test('[PRES18] … and each node begins once for it', async () => {
    await using redis = await startOwnRedis()
    const clock = manualClock()
    let begins = 0
    const store = {
      presences: async () => {
        begins++
        return []
      },
    }
    await using engine = await openRedis({
      ...{ url: redis.url, scripts: presenceScripts },
      report: () => undefined,
    })
    await using bus = await openRedisBus(engine)
    await using board = await openRedisPresence(engine, { bus, store, clock })
    const client = engine.commands.clientOf('')
    const nodes = async () => (await client.zrange('confab:{presence}:nodes', '0', '-1')).join(' ')
    await board.connect(ann, 'phone')
    await client.save()
    for (const status of ['away', 'online', 'away'] as const) await board.choose(ann, 'phone', status)
    const before = await nodes()
    begins = 0
    const up = new Promise((resolve) => engine.commands.onUp(resolve))
    await redis.kill()
    await redis.start()
    await up
    for (let now = before; now === before || now.includes(' '); now = await nodes()) await board.look([ann])
    for (let renewal = 1; renewal <= 2; renewal++) {
      clock.advance(5_000)
      // On the same connection: answered after what was asked before.
      await board.look([ann])
    }
    // Read when it begins, and once more in case somebody chose meanwhile.
    expect(begins).toBe(2)
  })

  test('[PRES19] however many leave while the engine is frozen, nobody is there through a node that they left', async () => {
    await using redis = await startOwnRedis()
    const clock = manualClock()
    let heardDown: () => void = () => undefined
    const report = (context: string) => context.startsWith('redis: cut off') && heardDown()
    await using engine = await openRedis({ url: redis.url, scripts: presenceScripts, report })
    await using bus = await openRedisBus(engine)
    const options = { bus, store: keeping(), clock, now: clock.now, leftMax: 1 }
    await using here = await openRedisPresence(engine, options)
    await using there = await openRedisPresence(engine, options)
    const crowd = ['c', 'd', 'e', 'f'].map((last) =>
      userId.parse(`01939c2e-0000-7000-8000-00000000000${last}`),
    )
    for (const id of [ann, ...crowd]) await here.connect(id, 'phone')
    redis.freeze()
    while (engine.commands.isUp) await new Promise<void>((resolve) => (heardDown = resolve))
    for (const id of crowd) await here.disconnect(id, 'phone')
    const up = new Promise((resolve) => engine.commands.onUp(resolve))
    redis.thaw()
    await up
    expect((await here.look([ann])).map(({ status }) => status)).toEqual(['online'])
    clock.advance(30_000)
    const seen = await there.look([ann, ...crowd])
    expect(seen.map(({ status }) => status)).toEqual(['online', 'offline', 'offline', 'offline', 'offline'])
  })

  test('[PRES17] after an engine was frozen for long nobody is taken for dead before they could say otherwise', async () => {
    await using redis = await startOwnRedis()
    const clock = manualClock()
    await using node = await openNode(redis.url)
    const open = () =>
      openRedisPresence(node.engine, {
        ...{ bus: node.bus, store: keeping(), clock, now: () => clock.now() + frozenMs },
      })
    let frozenMs = 0
    await using here = await open()
    await using there = await open()
    await here.connect(ann, 'phone')
    await there.connect(bob, 'desk')
    frozenMs = 60_000
    const told: Seen[] = []
    here.onChange((seen) => told.push(seen))
    clock.advance(40_000)
    expect(await statuses(here)).toEqual(['online', 'online'])
    expect(told).toEqual([])
    there.crash()
    clock.advance(30_000)
    expect(await statuses(here)).toEqual(['online', 'offline'])
  })

  test('[PRES9] who has left is forgotten after a day', async () => {
    await using redis = await startOwnRedis()
    await using node = await openNode(redis.url)
    await node.board.connect(ann, 'phone')
    const client = node.engine.commands.clientOf('')
    const key = `confab:{presence}:user:${ann}`
    expect(await client.ttl(key)).toBe(-1)
    await node.board.disconnect(ann, 'phone')
    expect(await client.ttl(key)).toBeWithin(86_000, 86_401)
    await node.board.connect(ann, 'phone')
    expect(await client.ttl(key)).toBe(-1)
  })

  test('[PRES11] a dead node is taken away whole, however many were there through it', async () => {
    await using redis = await startOwnRedis()
    const clock = manualClock()
    await using node = await openNode(redis.url)
    const open = () =>
      openRedisPresence(node.engine, { bus: node.bus, store: keeping(), clock, now: clock.now })
    await using here = await open()
    await using there = await open()
    const crowd = Array.from({ length: 1_200 }, (_, n) =>
      userId.parse(`01939c2e-0000-7000-8000-${String(n).padStart(12, '0')}`),
    )
    await Promise.all(crowd.map((id) => there.connect(id, `of ${id}`)))
    await here.look(crowd)
    const left = new Set<UserId>()
    const all = Promise.withResolvers<void>()
    here.onChange(({ userId }) => left.add(userId).size === crowd.length && all.resolve())
    there.crash()
    clock.advance(30_000)
    await all.promise
    expect((await here.look(crowd)).filter(({ status }) => status !== 'offline')).toEqual([])
  })
})

const statuses = async (board: PresenceBoard) => (await board.look([ann, bob])).map(({ status }) => status)

/** A store that keeps nothing else. */
const keeping = (...kept: KeptPresence[]): Pick<Store, 'presences'> => ({
  presences: async (ids) => kept.filter(({ userId }) => ids.includes(userId)),
})

async function openNode(url: string, store = keeping()) {
  const stack = new AsyncDisposableStack()
  let heardDown: () => void = () => undefined
  const engine = stack.use(
    await openRedis({
      ...{ url, scripts: presenceScripts },
      report: (context) => context.startsWith('redis: cut off') && heardDown(),
    }),
  )
  const bus = stack.use(await openRedisBus(engine))
  const board = stack.use(await openRedisPresence(engine, { bus, store }))
  return {
    ...{ engine, bus, board },
    isDown: async () => {
      while (engine.commands.isUp) await new Promise<void>((resolve) => (heardDown = resolve))
    },
    isUp: () => new Promise<void>((resolve) => engine.commands.onUp(() => resolve())),
    /** The next change of a user to a status. */
    next: (id: UserId, status: Seen['status']) =>
      new Promise<Seen>((resolve) => {
        board.onChange((seen) => seen.userId === id && seen.status === status && resolve(seen))
      }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
