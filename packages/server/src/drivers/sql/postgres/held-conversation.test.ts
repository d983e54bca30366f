import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import { SQL } from 'bun'
import { openCommitLanes } from '../../../domain/delivery/commit-lanes.ts'
import { newConversationId, openWorldOn } from '../../../ports/store-contract/world.contract.ts'
import type { Write } from '../../../ports/writes.ts'
import { openPostgres } from './connection.ts'
import { openPostgresStore } from './postgres-store.ts'
import { shardsByHash } from './shards.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

describe.skipIf(testPostgresUrl === undefined)('a conversation that somebody holds', () => {
  for (const [shards, connections] of [
    [1, 2],
    [4, 10],
  ] as const) {
    test(`[POSTGRES16] of what waits with it, a free conversation’s sends are stored and its own refused, with DATABASE_SHARDS ${shards}`, async () => {
      await using database = await createTestDatabase()
      // Time enough for whatever is not held, on a machine that has other work.
      const bounds = { connections, statementMs: 2_000 }
      await using postgres = await openPostgres({ url: database.url, bounds })
      await using store = await openPostgresStore({ postgres, limits: defaultLimits, shards })
      const world = await openWorldOn(store)
      const [ann, bob] = [await world.user('ann'), await world.user('bob')]
      const held = await world.group([ann, bob])
      const shardOf = shardsByHash(shards).of
      let beside = newConversationId()
      while (shardOf(beside) !== shardOf(held)) beside = newConversationId()
      const free = await world.group([ann, bob], { conversationId: beside })
      const calls: number[] = []
      const counted = (writes: readonly Write[]) => {
        calls.push(writes.length)
        return store.commit(writes)
      }
      await using lanes = openCommitLanes({
        ...{ store: { commit: counted }, shards: store.shards, callsAtOnce: store.callsAtOnce },
        ...{ announce: () => undefined, report: () => undefined },
      })

      const sends = Array.from({ length: 10 }, () => world.message(held, ann))
      await using sql = new SQL(database.url, { max: 1 })
      await sql.begin(async (transaction) => {
        await transaction`SELECT 1 FROM conversations WHERE id = ${held} FOR UPDATE`
        const refused = Promise.allSettled(sends.map(lanes.commit))
        expect((await lanes.commit(world.message(free, bob))).message?.seq).toBe(3)
        for (const one of await refused)
          expect(one).toMatchObject({ reason: { code: 'overloaded', retryAfterMs: 2_000 } })
      })
      expect(calls).toEqual([11, 10, 1])
      const again = await Promise.all(sends.map(lanes.commit))
      expect(again.map(({ message }) => message?.seq)).toEqual(sends.map((_, index) => 3 + index))
    })
  }
})
