import type { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import type { ChangesSince } from '../../ports/store.ts'
import {
  adding,
  newUserId,
  openWorldOn,
  reading,
  removing,
  type World,
} from '../../ports/store-contract/world.contract.ts'
import { openDatabase } from './database.ts'
import { recordStatements } from './record-statements.ts'
import { openSqliteStore } from './sqlite-store.ts'

async function openRecorded() {
  const database = openDatabase({ file: ':memory:' })
  const recorded = recordStatements(database)
  const store = await openSqliteStore({ database, limits: defaultLimits })
  const world = await openWorldOn(store, async () => {
    await store[Symbol.asyncDispose]()
    database.close()
  })
  return { database, recorded, world }
}

/**
 * What people do all day in a channel, by what it is called. `ann` is its owner, `bob` a member,
 * `eve` neither.
 */
const doings = (
  world: World,
  channel: ConversationId,
  { ann, bob, eve }: { ann: UserId; bob: UserId; eve: UserId },
) => {
  const in_ = { conversationId: channel, at: world.now }
  const { store } = world
  const page = { conversationId: channel, viewerId: bob, limit: 50 }
  return {
    'send a message': () => world.send(channel, bob, { seenSeq: 1 }),
    'mention everybody': () => world.send(channel, ann, { mentioned: { handles: ['bob'], all: true } }),
    'send again': () => store.sent({ conversationId: channel, sendKey: new Uint8Array(16) }),
    edit: () =>
      world.done({ write: 'message.edit', ...in_, actorId: ann, seq: seqOf(world), text: `${++texts}` }),
    react: () =>
      world.done({ write: 'message.react', ...in_, actorId: bob, seq: seqOf(world), emoji: '👍', on: true }),
    pin: () => world.done({ write: 'message.pin', ...in_, actorId: bob, seq: seqOf(world), on: true }),
    read: () => world.done(reading(world, channel, bob, 1_000_000)),
    'look at unread': () => store.conversations({ ids: [channel], viewerId: ann }),
    join: () => world.done(adding(world, channel, { actorId: eve, userId: eve })),
    'look from outside': () => store.standing(channel, eve),
    leave: () => world.done(removing(world, channel, { userId: eve })),
    'change a role': () =>
      world.done({
        write: 'member.change',
        ...in_,
        actorId: ann,
        userId: bob,
        role: 'admin',
      }),
    rename: () =>
      world.done({
        write: 'conversation.change',
        ...{ ...in_, actorId: ann },
        change: { name: `Name ${++texts}` },
      }),
    mute: () =>
      world.done({ write: 'membership.change', ...in_, actorId: bob, change: { draft: `${++texts}` } }),
    'change one’s name': () =>
      world.done({
        write: 'profile.change',
        actorId: bob,
        at: world.now,
        change: { name: `Bob ${++texts}` },
      }),
    'list members': () => store.members({ conversationId: channel, limit: 50 }),
    'list one’s conversations': () => store.conversationList({ viewerId: bob, limit: 50 }),
    'page through history': async () => {
      await store.history(page)
      await store.history({ ...page, before: 500 })
      await store.history({ ...page, after: 500 })
      await store.history({ ...page, around: 500 })
    },
    'read the log': () => store.events({ conversationId: channel, after: 100, limit: 50 }),
    'see who has read': () => store.readers({ conversationId: channel, seq: 1 }),
    'see the pins': () => store.pins(page),
    'see who reacted': () => store.reactors({ ...page, seq: seqOf(world), emoji: '👍' }),
    sync: async () => {
      await store.revs(bob)
      await store.memberships(bob)
      await store.heads([channel])
      await store.userRevs([bob])
      await store.userChanges(bob, 0)
      await store.changedSince(bob, world.now)
      await store.me(bob)
      await store.users([ann, bob])
    },
    'be seen': async () => {
      await store.sharing(bob, [ann, eve])
      await store.presences([ann, bob])
      await world.done({ write: 'presences.keep', presences: [{ userId: bob, lastSeenAt: ++texts }] })
    },
    'hand over and leave': async () => {
      await world.done({
        write: 'member.change',
        ...{ ...in_, actorId: ann, userId: bob, role: 'owner' as const },
      })
      await world.done(removing(world, channel, { userId: bob }))
    },
  } satisfies Record<string, () => Promise<unknown>>
}

let texts = 0
const lastSeqs = new WeakMap<World, number>()
const seqOf = (world: World) => lastSeqs.get(world) ?? 0

async function openChannel({ database, world }: Awaited<ReturnType<typeof openRecorded>>, members: number) {
  const people = Array.from({ length: members }, newUserId)
  // At once: to make each on its own takes longer than all that is counted.
  database.run(
    `INSERT INTO users (id, name, sort_name, handle, created_at, updated_at)
      SELECT value, 'Person ' || key, 'person ' || key, 'p' || key, 1, 1 FROM json_each(?)`,
    [JSON.stringify(people)],
  )
  const [ann, bob, eve] = [await world.user('ann'), await world.user('bob'), await world.user('eve')]
  const channel = await world.group([ann, ...people, bob], { kind: 'channel', visibility: 'public' })
  const { seq } = await world.send(channel, ann)
  lastSeqs.set(world, seq)
  world.now += 1_000
  return { channel, ann, bob, eve }
}

test('[SQLITE10] no statement of the busy ways reads a table through, or all members of a conversation', async () => {
  const opened = await openRecorded()
  const { database, recorded, world } = opened
  await using _closed = world
  const { channel, ...people } = await openChannel(opened, 10)
  for (const act of Object.values(doings(world, channel, people))) await act()
  const costly = recorded.texts().flatMap((text) => costlySteps(database, text).map((step) => [step, text]))
  expect(costly.filter(([, text = '']) => !bounded.some(({ part }) => text.includes(part)))).toEqual([])
})

/** Those that go through a range which something else bounds. */
const bounded = [
  { part: 'FROM members m NOT INDEXED', by: 'the twenty that are shown' },
  { part: 'm.joined_seq > +?2 ORDER BY m.joined_seq LIMIT', by: 'a page' },
  { part: 'ORDER BY m.joined_seq LIMIT', by: 'a step of an erasure, or the first of all' },
  { part: 'c.member_count <= +?3', by: 'limits.receiptMembers' },
  { part: 'm.read_seq >= +?2 ORDER BY m.read_at', by: 'limits.receiptMembers' },
  { part: 'sqlite_schema', by: 'a start' },
  { part: 'FROM meta WHERE name LIKE', by: 'a start' },
  { part: 'FROM erasures', by: 'the first of them' },
  { part: 'FROM log_followers LIMIT 1', by: 'the first of them' },
]

/** The steps of a statement's plan that read a whole table, or everybody in a conversation. */
function costlySteps(database: Database, text: string): string[] {
  if (!/^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)/i.test(text)) return []
  const plan = database.query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${text}`).all()
  return plan
    .map(({ detail }) => detail)
    .filter(
      (detail) =>
        (/^SCAN /.test(detail) && !/VIRTUAL TABLE|CONSTANT ROW/.test(detail)) ||
        /^SEARCH (m|members|mine|theirs)\b.*\(conversation=\?\)$/.test(detail),
    )
}

test('[SQLITE11] in a channel of 100,000 whatever people do costs what it costs among three hundred', async () => {
  const costs = async (members: number) => {
    const opened = await openRecorded()
    const { recorded, world } = opened
    await using _closed = world
    const { channel, ...people } = await openChannel(opened, members)
    const found: Record<string, { runs: number; rows: number }> = {}
    for (const [name, act] of Object.entries(doings(world, channel, people))) {
      recorded.reset()
      await act()
      found[name] = { runs: recorded.runs, rows: recorded.rows }
    }
    return found
  }
  const [few, many] = [await costs(300), await costs(100_000)]
  expect(many).toEqual(few)
}, 120_000)

test('[SQLITE12] where many changed who are strangers, a look goes only so far, says so, and reaches the friend in the end', async () => {
  const { world } = await openRecorded()
  await using _closed = world
  const ann = await world.user('ann')
  const changes = (await world.users(20_500)).map((actorId) => {
    world.now += 1
    return { write: 'profile.change', actorId, at: world.now, change: { bio: 'new' } } as const
  })
  for (let at = 0; at < changes.length; at += 500) await world.store.commit(changes.slice(at, at + 500))
  world.now += 1
  const bob = await world.user('bob')
  await world.group([ann, bob])
  const looks: string[][] = []
  for (let since: number | null = 0; since !== null; ) {
    const { users, until }: ChangesSince = await world.store.changedSince(ann, since)
    looks.push(users.map(({ name }) => name))
    since = until
  }
  expect(looks).toEqual([[], [], ['bob']])
}, 60_000)

test('[SQLITE18] a step of expiry reads no further than to the first message that is young enough', async () => {
  const { database, world } = await openRecorded()
  await using _closed = world
  const ann = await world.user('ann')
  const group = await world.group([ann])
  const old = await world.send(group, ann)
  world.now += 1_000
  for (let sent = 0; sent < 3; sent++) await world.send(group, ann)
  // What no clock does: whoever reads on to the end of the log comes upon it.
  database.run('UPDATE messages SET at = 0 WHERE place = (SELECT max(place) FROM messages)')
  const expire = {
    write: 'messages.expire',
    conversationId: group,
    at: world.now,
    before: world.now,
  } as const
  const { events } = await world.done({ ...expire, limit: 50 })
  expect(events.map(({ data }) => data)).toEqual([{ target: old.seq, deletedAt: expect.any(String) }])
  expect(await world.done({ ...expire, limit: 50 })).toMatchObject({ fresh: false, events: [] })
})
