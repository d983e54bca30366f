import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { userId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import { findMentioned } from '@confab/protocol/mentioned'
import { SQL } from 'bun'
import { creating, openWorldOn } from '../../../ports/store-contract/world.contract.ts'
import type { Write } from '../../../ports/writes.ts'
import { openPostgres } from './connection.ts'
import { gatherStatistics } from './gather-statistics.ts'
import { openPostgresStore } from './postgres-store.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

describe.skipIf(testPostgresUrl === undefined)('the plans of PostgreSQL', () => {
  test('[POSTGRES8] whom a batch draws in or mentions is looked up, and no write reads all the people for it', async () => {
    await using database = await createTestDatabase({ isNew: true })
    await using postgres = await openPostgres({ url: database.url, bounds: { connections: 1 } })
    const store = await openPostgresStore({ postgres, limits: defaultLimits })
    const world = await openWorldOn(store, () => store[Symbol.asyncDispose]())
    await postgres.rows(`INSERT INTO users (id, name, sort_name, handle, created_at, updated_at)
      SELECT gen_random_uuid(), 'Person ' || n, 'person ' || n, 'person_' || n, 1, 1 FROM generate_series(1, 5000) n`)
    await gatherStatistics(postgres)
    const ids = await postgres.ask<string[]>(
      "SELECT json_agg(id) AS answer FROM (SELECT id FROM users WHERE handle LIKE 'person%' LIMIT 60) u",
    )
    const people = (ids ?? []).map((id) => userId.parse(id))
    const [owner = userId.parse('')] = people
    const creations = Array.from({ length: 50 }, (_, index) =>
      creating(world, { actorId: owner, memberIds: people.slice(index, index + 9) }),
    )
    const mentioned = { handles: ['person_1', 'person_2'], all: false }
    const sends = creations.map(({ conversationId }) => world.message(conversationId, owner, { mentioned }))
    const wholeReads = async () => {
      await postgres.rows('SELECT pg_stat_force_next_flush()')
      const read =
        "SELECT seq_scan::integer AS answer FROM pg_stat_user_tables WHERE relid = 'users'::regclass"
      return (await postgres.ask<number>(read)) ?? 0
    }
    const before = await wholeReads()
    for (const writes of [creations, sends] satisfies Write[][])
      expect((await store.commit(writes)).every(({ status }) => status === 'committed')).toBe(true)
    // To lock them all in order a batch may read them whole, once; its fifty writes do not.
    expect((await wholeReads()) - before).toBeLessThanOrEqual(2)
  })

  test('[POSTGRES17] sends that name nobody are stored together, and what each needs is looked up, though the tables were empty when that was planned', async () => {
    await using database = await createTestDatabase({ isNew: true })
    await using superuser = new SQL(testPostgresUrl ?? '', { max: 1 })
    await superuser.unsafe(`ALTER ROLE ${new URL(database.url).username} SET track_functions = 'pl'`)
    await using postgres = await openPostgres({ url: database.url, bounds: { connections: 1 } })
    const store = await openPostgresStore({ postgres, limits: defaultLimits })
    const world = await openWorldOn(store, () => store[Symbol.asyncDispose]())
    await gatherStatistics(postgres)
    const people = await world.users(20)
    const [ann = userId.parse('')] = people
    const groups = await Promise.all(people.map((person) => world.group([ann, person])))
    const batch = (replyToSeq: number | null): Write[] =>
      groups.flatMap((group) =>
        ['hello', 'ann@all.example'].map((text) =>
          world.message(group, ann, { text, mentioned: findMentioned(text), replyToSeq }),
        ),
      )
    const readOfKeys = async () => {
      await postgres.rows('SELECT pg_stat_force_next_flush()')
      const read =
        "SELECT idx_tup_read::integer AS answer FROM pg_stat_user_indexes WHERE indexrelid = 'send_keys_pkey'::regclass"
      return postgres.ask<number>(read)
    }
    for (const writes of [batch(null), batch(3)])
      expect((await store.commit(writes)).every(({ status }) => status === 'committed')).toBe(true)
    // None of them was there yet.
    expect(await readOfKeys()).toBe(0)
    const calls = await postgres.rows(`SELECT funcname, calls::integer FROM pg_stat_user_functions
      WHERE funcname IN ('create_message', 'create_messages')`)
    expect(calls).toEqual([{ funcname: 'create_messages', calls: 2 }])
  })
})
