import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { UserId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import type { Store } from '../../../ports/store.ts'
import { newConversationId, openWorld } from '../../../ports/store-contract/world.contract.ts'
import type { CreateConversation } from '../../../ports/writes.ts'
import { openPostgres, type Postgres } from './connection.ts'
import { migrate } from './migrate.ts'
import { openPostgresStore } from './postgres-store.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

const limits = defaultLimits

/** Several nodes on one database, and the world of the contract on the first of them. */
async function openNodes(count: number) {
  const stack = new AsyncDisposableStack()
  const { url } = stack.use(await createTestDatabase({ isNew: true }))
  const open = async (): Promise<{ store: Store; postgres: Postgres }> => {
    const postgres = stack.use(await openPostgres({ url, bounds: { connections: 3 } }))
    return { postgres, store: stack.use(await openPostgresStore({ postgres, limits })) }
  }
  const nodes = await Promise.all(Array.from({ length: count }, open))
  const [first] = nodes
  if (!first) throw new Error('no node')
  const world = await openWorld(async () => ({
    store: first.store,
    reopen: () => Promise.reject(new Error('these nodes stay')),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }))
  return { nodes, world, url, first, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

describe.skipIf(testPostgresUrl === undefined)('several nodes on one PostgreSQL', () => {
  test('[POSTGRES1] what several nodes append at once has one order without gaps, and each send is there once', async () => {
    await using cluster = await openNodes(3)
    const { world, nodes } = cluster
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    const groups = [await world.group([ann, bob]), await world.group([bob, ann])]
    // The same sends by every node, in another order by each: a ring of waiting batches,
    // if locks were taken as they come.
    const writes = groups.flatMap((group) => Array.from({ length: 30 }, () => world.message(group, ann)))
    const batches = nodes.map((_, turn) => [...writes.slice(turn * 20), ...writes.slice(0, turn * 20)])
    const outcomes = await Promise.all(
      nodes.flatMap(({ store }, index) => {
        const batch = batches[index] ?? []
        return [store.commit(batch), store.commit(batch.toReversed())]
      }),
    )
    const all = outcomes.flat()
    expect(all.every(({ status }) => status === 'committed')).toBe(true)
    expect(all.filter((one) => one.status === 'committed' && one.fresh)).toHaveLength(60)
    for (const conversationId of groups) {
      const { events, head } = await world.store.events({ conversationId, after: 0, limit: 1_000 })
      expect(head).toBe(32)
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 32 }, (_, index) => index + 1))
    }
  })

  test('[POSTGRES2] what two nodes make at once, a pair’s conversation or a handle, is made once', async () => {
    await using cluster = await openNodes(2)
    const { world, nodes } = cluster
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    const direct = (actorId: UserId, other: UserId): CreateConversation => ({
      write: 'conversation.create',
      conversationId: newConversationId(),
      actorId,
      at: world.now,
      kind: 'direct',
      name: null,
      topic: null,
      visibility: 'private',
      memberIds: [other],
    })
    const made = await Promise.all(
      nodes.map(({ store }, index) => store.commit([index === 0 ? direct(ann, bob) : direct(bob, ann)])),
    )
    const ids = made.flat().map((one) => (one.status === 'committed' ? one.conversationId : one.code))
    expect(new Set(ids).size).toBe(1)
    expect(await world.store.memberships(ann)).toHaveLength(1)
    const wish = (actorId: UserId) =>
      ({ write: 'profile.change', actorId, at: world.now, change: { handle: 'wished' } }) as const
    const changed = await Promise.all(
      nodes.map(({ store }, index) => store.commit([wish(index === 0 ? ann : bob)])),
    )
    expect(
      changed
        .flat()
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['committed', 'refused'])
  })

  test('[POSTGRES3] nodes that start together migrate once; a database of a newer version is refused', async () => {
    await using cluster = await openNodes(4)
    const { first, nodes } = cluster
    expect(new Set(nodes.map(({ store }) => store.epoch)).size).toBe(1)
    await first.postgres.script('INSERT INTO schema_migrations VALUES (1000, now())')
    await expect(migrate(first.postgres)).rejects.toMatchObject({
      message: expect.stringContaining('written by a newer version (1000 migrations'),
      exitStatus: 78,
    })
    await first.postgres.script('DELETE FROM schema_migrations WHERE number = 1000')
    expect(await migrate(first.postgres)).toBeUndefined()
  })

  test('[POSTGRES4] a batch whose connection breaks is sent again, and is there once', async () => {
    await using cluster = await openNodes(2)
    const { world, nodes } = cluster
    const [ann] = [await world.user('Ann')]
    const group = await world.group([ann])
    const [store, other] = [nodes[0]?.store, nodes[1]?.postgres]
    if (!store || !other) throw new Error('two nodes')
    const breakAll = () =>
      other.rows(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE usename = current_user AND pid <> pg_backend_pid()`)
    let broken = 0
    for (let round = 0; round < 5; round++) {
      const sends = Array.from({ length: 40 }, () => world.message(group, ann))
      const [outcomes, ended] = await Promise.all([store.commit(sends), breakAll()])
      broken += ended.length
      expect(outcomes.every(({ status }) => status === 'committed')).toBe(true)
    }
    expect(broken).toBeGreaterThan(0)
    expect(await store.heads([group])).toEqual(new Map([[group, 201]]))
  })

  test('[POSTGRES5] a database that can’t be reached is refused in one line, without the password', async () => {
    const gone = openPostgres({ url: 'postgres://ann:hunter2@127.0.0.1:1/chat' })
    const failure: unknown = await gone.catch((cause: unknown) => cause)
    expect(failure).toMatchObject({ name: 'DatabaseUnavailable', exitStatus: 78 })
    const message = failure instanceof Error ? failure.message : ''
    expect(message).toStartWith("the database chat at 127.0.0.1:1 can't be used: ")
    expect(message).not.toContain('hunter2')
    expect(message).not.toContain('\n')
  })

  test('[POSTGRES6] a statement that takes too long is ended by the server', async () => {
    await using cluster = await createTestDatabase()
    await using postgres = await openPostgres({
      url: cluster.url,
      bounds: { statementMs: 50, connections: 1 },
    })
    const slow = postgres.ask('SELECT pg_sleep(60) AS answer')
    await expect(slow).rejects.toThrow('statement timeout')
    expect(await postgres.ask<number>('SELECT 1 AS answer')).toBe(1)
  })
})
