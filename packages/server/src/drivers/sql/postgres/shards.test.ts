import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type ConversationId, conversationId, type UserId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import { SQL } from 'bun'
import { z } from 'zod'
import { openCommitLanes } from '../../../domain/delivery/commit-lanes.ts'
import { assert } from '../../../lib/assert.ts'
import {
  adding,
  creating,
  newConversationId,
  openWorldOn,
} from '../../../ports/store-contract/world.contract.ts'
import type { Write } from '../../../ports/writes.ts'
import { openPostgres, type Postgres } from './connection.ts'
import { openPostgresStore } from './postgres-store.ts'
import { shardsByHash, uuidHash } from './shards.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

const count = 4
/** What a send and whatever is done to a message may write to; the last where somebody follows the log. */
const ofConversations = [
  ...['conversations', 'members', 'messages', 'events', 'send_keys'],
  ...['mentions', 'reactions', 'reaction_counts', 'log_positions'],
]

test('[POSTGRES13] the shard of a conversation is its hash’s range, of as many as there are', () => {
  const ids = Array.from({ length: 1_000 }, newConversationId)
  for (const shards of [1, 3, 4, 32].map(shardsByHash)) {
    const found = ids.map(shards.of)
    expect(new Set(found)).toEqual(new Set(Array.from({ length: shards.count }, (_, shard) => shard)))
  }
  // The ranges of 32 nest in those of 4: told too many, a node still keeps the batches apart.
  const [few, many] = [shardsByHash(4).of, shardsByHash(32).of]
  expect(ids.map((id) => Math.floor(many(id) / 8))).toEqual(ids.map(few))
})

describe.skipIf(testPostgresUrl === undefined)('conversations spread over shards', () => {
  test('[POSTGRES13] the hash is PostgreSQL’s own of an id', async () => {
    await using database = await createTestDatabase()
    await using postgres = await openPostgres({ url: database.url, bounds: { connections: 1 } })
    const ends = ['00000000-0000-7000-8000-000000000000', 'ffffffff-ffff-7fff-bfff-ffffffffffff']
    const ids = [
      ...ends.map((id) => conversationId.parse(id)),
      ...Array.from({ length: 500 }, newConversationId),
    ]
    const told = await postgres.ask<number[]>(
      `SELECT json_agg(uuid_hash(id::uuid) ORDER BY place) AS answer
      FROM json_array_elements_text($1::text::json) WITH ORDINALITY i(id, place)`,
      [JSON.stringify(ids)],
    )
    expect(ids.map(uuidHash)).toEqual(told ?? [])
  })

  test('[POSTGRES14] each call is one shard’s, and what is done to messages writes rows of their conversations alone', async () => {
    await using spread = await openSpread()
    const { world, lanes, postgres, shardOf } = spread
    const people = [await world.user('ann'), await world.user('bob'), await world.user('cid')] as const
    const [ann, bob, cid] = people
    const groups = await groupsOn(spread, ann, bob)
    await postgres.rows("INSERT INTO log_followers (name) VALUES ('relay')")
    await noteWrites(postgres)

    const outcomes = await Promise.all(
      groups.flatMap((group) => hotWrites(spread, group, { ann, bob })).map(lanes.commit),
    )
    expect(outcomes.every(({ fresh }) => fresh)).toBe(true)
    const hot = await transactions(postgres)
    expect(hot.map(({ conversations }) => conversations.length)).toEqual(hot.map(() => 3))
    expect(new Set(hot.flatMap(({ tables }) => tables))).toEqual(new Set(ofConversations))

    const beyond: Write[] = groups.flatMap((group) => [
      adding(world, group, { actorId: ann, userId: cid }),
      ...besideWrites(spread, group, { ann, bob }),
      creating(world, { actorId: ann, memberIds: [bob] }),
      world.message(group, bob),
    ])
    await Promise.all(beyond.map(lanes.commit))
    const all = await transactions(postgres)
    expect(all.length).toBeGreaterThan(hot.length + count)
    for (const { tables, conversations } of all) {
      expect(new Set(conversations.map(shardOf)).size).toBe(1)
      const isBeyond = ['users', 'memberships', 'audit_log'].some((table) => tables.includes(table))
      expect(isBeyond && tables.includes('send_keys')).toBe(false)
    }
    const acts = await postgres.rows<{ action: string }>('SELECT DISTINCT action FROM audit_log ORDER BY 1')
    const kept = ['conversation.changed', 'message.removed', 'role.changed']
    expect(acts.map(({ action }) => action)).toEqual(kept)
  })

  test('[POSTGRES15] a shard whose rows somebody holds delays nobody of another', async () => {
    await using spread = await openSpread()
    const { world, lanes, url } = spread
    const [ann, bob] = [await world.user('ann'), await world.user('bob')]
    const [held, ...others] = await groupsOn(spread, ann, bob)
    assert(held, 'no group')
    const elsewhere = others.filter((id) => spread.shardOf(id) !== spread.shardOf(held))
    await using sql = new SQL(url, { max: 1 })
    let isDone = false
    const waiting = await sql.begin(async (transaction) => {
      await transaction`SELECT 1 FROM conversations WHERE id = ${held} FOR UPDATE`
      const sent = lanes.commit(world.message(held, ann)).finally(() => {
        isDone = true
      })
      for (let round = 0; round < 3; round++)
        await Promise.all(elsewhere.map((id) => lanes.commit(world.message(id, bob))))
      expect(isDone).toBe(false)
      // Not the promise itself, for which the transaction would wait.
      return { sent }
    })
    expect((await waiting.sent).message?.seq).toBe(3)
    expect(new Set((await world.store.heads(elsewhere)).values())).toEqual(new Set([5]))
  })
})

async function openSpread() {
  const stack = new AsyncDisposableStack()
  const { url } = stack.use(await createTestDatabase({ isNew: true }))
  const postgres = stack.use(await openPostgres({ url, bounds: { connections: 6 } }))
  const store = stack.use(await openPostgresStore({ postgres, limits: defaultLimits, shards: count }))
  const { shards } = store
  assert(shards, 'not spread')
  const failures: unknown[] = []
  const report = (_context: string, cause: unknown) => failures.push(cause)
  const lanes = stack.use(openCommitLanes({ store, shards, announce: () => undefined, report }))
  const world = await openWorldOn(store)
  return {
    ...{ url, postgres, lanes, world, shardOf: shards.of },
    async [Symbol.asyncDispose]() {
      await stack.disposeAsync()
      expect(failures).toEqual([])
    },
  }
}
type Spread = Awaited<ReturnType<typeof openSpread>>

/** Three groups of two on each shard. */
async function groupsOn({ world, shardOf }: Spread, ann: UserId, bob: UserId): Promise<ConversationId[]> {
  const groups: ConversationId[] = []
  for (let shard = 0; shard < count; shard++) {
    for (let number = 0; number < 3; number++) {
      let id = newConversationId()
      while (shardOf(id) !== shard) id = newConversationId()
      groups.push(await world.group([ann, bob], { conversationId: id }))
    }
  }
  return groups
}

/** One of each that is done to messages, in a group whose two members took its first seqs. */
function hotWrites(
  { world }: Spread,
  group: ConversationId,
  { ann, bob }: { ann: UserId; bob: UserId },
): Write[] {
  const [by, seq] = [{ conversationId: group, actorId: ann, at: world.now }, 3]
  return [
    world.message(group, ann),
    world.message(group, ann, { mentioned: { handles: ['bob'], all: false } }),
    world.message(group, bob, { replyToSeq: seq }),
    { ...by, write: 'message.edit', seq, text: 'otherwise' },
    { ...by, write: 'message.react', seq, emoji: '👍', on: true },
    { ...by, write: 'message.pin', seq, on: true },
    { ...by, write: 'cursor.move', cursor: 'read', seq: 7 },
    { ...by, write: 'conversation.change', change: { name: 'Another name', topic: 'Another topic' } },
  ]
}

/** What is one member's own, and what the audit log keeps with it. */
const besideWrites = (
  { world }: Spread,
  group: ConversationId,
  { ann, bob }: { ann: UserId; bob: UserId },
): Write[] => {
  const by = { conversationId: group, actorId: ann, at: world.now }
  return [
    { ...by, write: 'membership.change', change: { muted: true } },
    { ...by, write: 'message.delete', seq: 4 },
    { ...by, write: 'message.delete', seq: 5 },
    { ...by, write: 'member.change', userId: bob, role: 'admin' },
    { ...by, write: 'conversation.change', change: { name: 'With a rule', retentionDays: 30 } },
  ]
}

/** From now on each row that is written is noted: by which transaction, in which table, of what conversation. */
const noteWrites = (postgres: Postgres): Promise<void> =>
  postgres.script(`
    CREATE TABLE written (call xid8, name text, conversation text);
    CREATE FUNCTION note_written() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO written SELECT pg_current_xact_id(), TG_TABLE_NAME, w->>(CASE TG_TABLE_NAME
        WHEN 'conversations' THEN 'id' ELSE 'conversation' END) FROM to_jsonb(coalesce(NEW, OLD)) w;
      RETURN NULL;
    END $$;
    DO $$ DECLARE one text; BEGIN
      FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'written' LOOP
        EXECUTE 'CREATE TRIGGER note AFTER INSERT OR UPDATE OR DELETE ON ' || quote_ident(one)
          || ' FOR EACH ROW EXECUTE FUNCTION note_written()';
      END LOOP;
    END $$`)

const noted = z.array(z.object({ tables: z.array(z.string()), conversations: z.array(z.string()) }))

/** What each has written to. */
async function transactions(postgres: Postgres) {
  const found = await postgres.ask(`SELECT json_agg(t) AS answer FROM (
    SELECT array_agg(DISTINCT name) AS tables,
      array_agg(DISTINCT conversation) FILTER (WHERE conversation IS NOT NULL) AS conversations
    FROM written GROUP BY call) t`)
  return noted.parse(found).map(({ tables, conversations }) => ({
    tables,
    conversations: conversations.map((id) => conversationId.parse(id)),
  }))
}
