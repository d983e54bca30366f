import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { SyncResult } from '@confab/protocol/calls'
import type { Event } from '@confab/protocol/event'
import { type ConversationId, conversationId } from '@confab/protocol/ids'
import { syncBehindMax, syncConversationsMax, syncEventsMax } from '@confab/protocol/limits'
import {
  doCall,
  keepSending,
  oneTo,
  personal,
  readLog,
  sendMany,
  signInPeople,
  startDirect,
  startGroup,
} from './people.ts'
import { eventsOf, openSocket, type RawSocket } from './raw-socket.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'
import { stores } from './with-slow-store.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

/** A signed-in socket which has not synced, so that it sees what `sync` answers and no pushes. */
async function openQuiet(person: Person) {
  const socket = await openSocket(server, personal(person))
  await socket.next('hello')
  return socket
}

const ids = (conversations: readonly { id: ConversationId }[]) => conversations.map(({ id }) => id)
const nothing = { conversations: [], events: [], more: [], reset: [], removed: [] }

/** What a client that follows `more` has of a conversation in the end: the seqs after its cursor. */
async function catchUp(socket: RawSocket, synced: SyncResult, id: ConversationId, cursor: number) {
  const events = synced.events.filter((event) => event.conversationId === id)
  const head = synced.more.find((more) => more.id === id)?.head ?? 0
  for (let reached = events.at(-1)?.seq ?? cursor; reached < head; reached = events.at(-1)?.seq ?? head) {
    const page = await socket.call('events', { conversationId: id, after: reached, limit: 500 })
    events.push(...page.events)
  }
  return events.map(({ seq }) => seq)
}

const seqs = (from: number, to: number) => oneTo(to - from).map((number) => from + number)

test('[SYNC1] what has no cursor is a snapshot, what is behind comes with its events, what is level not at all', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const level = await startGroup(server, ann, [bob], 'level')
  const behind = await startGroup(server, ann, [bob], 'behind')
  const fresh = await startGroup(server, ann, [bob], 'fresh')
  await using anns = await openQuiet(ann)
  const { userRev } = await anns.call('sync')
  await using writer = await openQuiet(bob)
  await sendMany(writer, behind.id, 5)
  await sendMany(writer, fresh.id, 1)
  const cursors = { [level.id]: level.head, [behind.id]: behind.head + 2 }
  const synced = await anns.call('sync', { cursors, userRev })
  expect(ids(synced.conversations)).toEqual([fresh.id, behind.id])
  expect(synced.conversations.map(({ head, me }) => [head, me?.unread])).toEqual([
    [fresh.head + 1, 1],
    [behind.head + 5, 5],
  ])
  expect(synced.events).toEqual((await readLog(server, ann, behind.id)).slice(behind.head + 2) as Event[])
  expect(synced).toMatchObject({ userRev, more: [], reset: [], removed: [] })
  const all = { ...cursors, [fresh.id]: fresh.head + 1, [behind.id]: behind.head + 5 }
  expect(await anns.call('sync', { cursors: all, userRev })).toMatchObject({ userRev, ...nothing })
})

test('[SYNC1] a reply names the people that it tells of', async () => {
  const people = await signInPeople(server, ...oneTo(24).map((number) => `p${number}`))
  const [ann, ...others] = people
  const last = others.at(-1)
  if (!ann || !last) throw new Error('nobody')
  const { id, head } = await startGroup(server, ann, others)
  await using writer = await openQuiet(last)
  await sendMany(writer, id, 1)
  await using anns = await openQuiet(ann)
  const synced = await anns.call('sync', { cursors: { [id]: head } })
  // The 20 longest-standing members are shown; who sent is not among them.
  expect(synced.conversations[0]?.members.map(({ user }) => user.id)).not.toContain(last.id)
  expect(synced.users.map((user) => user.id)).toEqual([last.id])
})

test('[SYNC2] a cursor past the head is reset', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id, head } = await startDirect(server, ann, bob)
  await using socket = await openQuiet(ann)
  const { userRev } = await socket.call('sync')
  for (const cursor of [head + 1, Number.MAX_SAFE_INTEGER]) {
    const ahead = await socket.call('sync', { userRev, cursors: { [id]: cursor } })
    expect([ids(ahead.conversations), ahead.events, ahead.more, ahead.reset]).toEqual([[id], [], [], [id]])
  }
  const level = await socket.call('sync', { userRev, cursors: { [id]: head } })
  expect(level).toMatchObject(nothing)
})

test('[SYNC2] [SYNC4] 5,000 events behind are caught up with, 5,001 are reset', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id, head } = await startDirect(server, ann, bob)
  await using writer = await openQuiet(bob)
  await sendMany(writer, id, syncBehindMax)
  await using socket = await openQuiet(ann)
  const { userRev } = await socket.call('sync')
  const behind = await socket.call('sync', { userRev, cursors: { [id]: head } })
  const now = head + syncBehindMax
  expect([ids(behind.conversations), behind.reset, behind.more]).toEqual([[id], [], [{ id, head: now }]])
  expect(behind.events.map(({ seq }) => seq)).toEqual(seqs(head, head + syncEventsMax))
  expect(await catchUp(socket, behind, id, head)).toEqual(seqs(head, now))
  const further = await socket.call('sync', { userRev, cursors: { [id]: head - 1 } })
  expect([ids(further.conversations), further.events, further.more, further.reset]).toEqual([
    [id],
    [],
    [],
    [id],
  ])
})

test('[SYNC3] cursors to what one has left, what was never one’s own and what never was are removed', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const left = await startGroup(server, bob, [ann], 'left')
  const mine = await startGroup(server, bob, [ann], 'mine')
  const others = await startGroup(server, bob, [], 'others')
  const missing = conversationId.parse(Bun.randomUUIDv7())
  await doCall(server, ann, `POST /api/v1/conversations/${left.id}/leave`)
  await using socket = await openQuiet(ann)
  const cursors = { [left.id]: 1, [mine.id]: mine.head, [others.id]: 1, [missing]: 1 }
  const { removed, conversations } = await socket.call('sync', { cursors })
  expect(removed).toEqual([left.id, others.id, missing])
  expect(ids(conversations)).toEqual([mine.id])
})

test('[SYNC4] at most 100 conversations come, the latest first; the rest is named and can be fetched', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const made: ConversationId[] = []
  for (const number of oneTo(syncConversationsMax + 5)) {
    made.unshift((await startGroup(server, ann, [bob], `group ${number}`)).id)
  }
  const oldest = made.at(-1)
  if (!oldest) throw new Error('no conversation')
  await using socket = await openQuiet(bob)
  await sendMany(socket, oldest, 1)
  const latestFirst = [oldest, ...made.slice(0, -1)]
  const synced = await socket.call('sync')
  expect(ids(synced.conversations)).toEqual(latestFirst.slice(0, syncConversationsMax))
  expect(ids(synced.more)).toEqual(latestFirst.slice(syncConversationsMax))
  const rest = await socket.call('conversations', { ids: ids(synced.more) })
  expect(rest.items.map(({ id, head }) => ({ id, head }))).toEqual(synced.more)
})

test('[SYNC4] at most 1,000 events come, contiguous from each cursor; the rest is named and can be fetched', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const conversations = [await startDirect(server, ann, bob), await startGroup(server, ann, [bob])]
  await using writer = await openQuiet(bob)
  for (const { id } of conversations) await sendMany(writer, id, 700)
  await using socket = await openQuiet(ann)
  const cursors = Object.fromEntries(conversations.map(({ id, head }) => [id, head]))
  const synced = await socket.call('sync', { cursors })
  expect(synced.events).toHaveLength(syncEventsMax)
  expect(synced.more).toHaveLength(1)
  for (const { id, head } of conversations) {
    expect(await catchUp(socket, synced, id, head)).toEqual(seqs(head, head + 700))
  }
})

/** 5,000 characters of 4 bytes: the largest text that there is, 20 kB. */
const bigText = '\u{1f600}'.repeat(4_990)

test('[SYNC4] the frame stays under 1 MiB with the largest texts, and so do pages of events and history', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id, head } = await startDirect(server, ann, bob)
  await using writer = await openQuiet(bob)
  await sendMany(writer, id, 120, { text: bigText, atOnce: 20 })
  await using socket = await openQuiet(ann)
  const synced = await socket.call('sync', { cursors: { [id]: head } })
  expect(synced.more).toEqual([{ id, head: head + 120 }])
  expect(synced.events.length).toBeGreaterThan(30)
  expect(await catchUp(socket, synced, id, head)).toEqual(seqs(head, head + 120))

  // Messages 21 to 120 are a page. Of one that doesn't fit, what is next to where it was asked for comes.
  const history = async (where: { before?: number; after?: number; around?: number }) => {
    const page = await socket.call('history', { conversationId: id, limit: 100, ...where })
    const came = page.messages.map(({ seq }) => seq - head)
    expect(came.length).toBeGreaterThan(30)
    return { came, left: page.left?.map((seq) => seq - head) ?? [] }
  }
  const after = await history({ after: head + 20 })
  expect([...after.came, ...after.left]).toEqual(seqs(20, 120))
  for (const where of [{}, { before: head + 121 }]) {
    const latest = await history(where)
    expect([...latest.left, ...latest.came]).toEqual(seqs(20, 120))
  }
  const { came, left } = await history({ around: head + 71 })
  expect(came).toEqual(seqs((came[0] ?? 0) - 1, came.at(-1) ?? 0))
  expect([...came, ...left].toSorted((one, other) => one - other)).toEqual(seqs(20, 120))
  expect(Math.abs(71 - (came[0] ?? 0) - ((came.at(-1) ?? 0) - 71))).toBeLessThanOrEqual(1)
})

test('[SYNC4] a hundred conversations with the largest texts come in frames under 1 MiB', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  await using writer = await openQuiet(bob)
  const made: ConversationId[] = []
  for (const number of oneTo(60)) {
    const { id } = await startGroup(server, ann, [bob], `group ${number}`)
    await sendMany(writer, id, 1, { text: bigText, atOnce: 20 })
    made.unshift(id)
  }
  await using socket = await openQuiet(ann)
  const synced = await socket.call('sync')
  expect([...ids(synced.conversations), ...ids(synced.more)].toSorted()).toEqual(made.toSorted())
  expect(synced.more.length).toBeGreaterThan(0)
  const fetched: ConversationId[] = []
  for (let wanted: ConversationId[] | undefined = made; wanted; ) {
    const page: { items: { id: ConversationId }[]; left?: ConversationId[] | undefined } = await socket.call(
      'conversations',
      { ids: wanted },
    )
    fetched.push(...ids(page.items))
    wanted = page.left
  }
  expect(fetched).toEqual(made)
  const listed: ConversationId[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: { items: { id: ConversationId }[]; next: string | null } = await socket.call(
      'conversations',
      {
        limit: 100,
        ...(cursor && { cursor }),
      },
    )
    listed.push(...ids(page.items))
    cursor = page.next
  }
  expect(listed).toEqual(made)
})

test('[SYNC4] the frame stays under 1 MiB however many cursors are to be removed', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id, head } = await startDirect(server, ann, bob)
  await using writer = await openQuiet(bob)
  await sendMany(writer, id, 60, { text: bigText, atOnce: 20 })
  await using socket = await openQuiet(ann)
  const foreign = oneTo(20_000).map(() => conversationId.parse(Bun.randomUUIDv7()))
  const cursors = Object.fromEntries([...foreign, id].map((one) => [one, head]))
  const synced = await socket.call('sync', { cursors })
  expect(synced.removed).toEqual(foreign)
  expect(await catchUp(socket, synced, id, head)).toEqual(seqs(head, head + 60))
})

test('[SYNC5] userRev brings what changed for oneself alone, and nothing once it is known', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const muted = await startGroup(server, bob, [ann], 'muted')
  const level = await startGroup(server, bob, [ann], 'level')
  await using socket = await openQuiet(ann)
  const first = await socket.call('sync')
  expect(first.me?.id).toBe(ann.id)
  const cursors: Record<string, number> = { [muted.id]: muted.head, [level.id]: level.head }
  const again = () => socket.call('sync', { cursors, userRev: first.userRev })
  expect(await again()).toMatchObject({ userRev: first.userRev, ...nothing })
  expect((await again()).me).toBeUndefined()

  await doCall(server, ann, `PATCH /api/v1/conversations/${muted.id}/me`, { muted: true, draft: 'so far' })
  const afterMute = await again()
  expect(afterMute).toMatchObject({
    userRev: first.userRev + 1,
    events: [],
    more: [],
    reset: [],
    removed: [],
  })
  expect(afterMute.conversations.map(({ id, me }) => [id, me?.muted, me?.draft])).toEqual([
    [muted.id, true, 'so far'],
  ])
  await doCall(server, ann, 'PATCH /api/v1/me', { bio: 'changed' })
  expect((await again()).me?.bio).toBe('changed')
  const joined = await startDirect(server, bob, ann)
  await doCall(server, ann, `POST /api/v1/conversations/${level.id}/leave`)
  const last = await again()
  expect(last.userRev).toBe(first.userRev + 4)
  expect(ids(last.conversations)).toEqual([joined.id, muted.id])
  expect(last.removed).toEqual([level.id])
  // A rev from the future is of another history: all that is one's own comes.
  const future = await socket.call('sync', { cursors: { [muted.id]: muted.head }, userRev: last.userRev + 7 })
  expect([ids(future.conversations), future.me?.bio]).toEqual([[joined.id, muted.id], 'changed'])
})

test('[SYNC5] [SYNC7] since brings the cursors and the people that changed after it, or all if it is to come', async () => {
  const [ann, bob, carl] = await signInPeople(server, 'ann', 'bob', 'carl')
  const { id, head } = await startDirect(server, ann, bob)
  await startDirect(server, carl, carl)
  await using anns = await openQuiet(ann)
  await using device = await openQuiet(ann)
  await using bobs = await openQuiet(bob)
  await sendMany(bobs, id, 3)
  await bobs.call('read', { conversationId: id, seq: head + 3 })
  await device.call('read', { conversationId: id, seq: head + 1 })
  await doCall(server, bob, 'PATCH /api/v1/me', { bio: 'Bob was here' })
  await doCall(server, carl, 'PATCH /api/v1/me', { bio: 'a stranger' })
  const synced = await anns.call('sync', { since: '2020-01-01T00:00:00.000Z' })
  const cursorOf = Object.fromEntries(synced.receipts.map(({ userId, readSeq }) => [userId, readSeq]))
  expect(cursorOf).toEqual({ [ann.id]: head + 1, [bob.id]: head + 3 })
  expect(synced.users.map((user) => [user.id, user.bio])).toEqual([[bob.id, 'Bob was here']])
  // `at` is a little before the present, for what was being committed.
  const after = (ms: number) => new Date(Date.parse(synced.at) + ms).toISOString()
  expect(await anns.call('sync', { since: after(2_000) })).toMatchObject({ receipts: [], users: [] })
  const { receipts, users } = await anns.call('sync', { since: after(3_600_000) })
  expect({ receipts, users }).toEqual({ receipts: synced.receipts, users: synced.users })
})

test.each(stores)(
  '[SYNC6] what is sent while one syncs comes whole, reply and pushes are the log: with %s',
  async (_store, settings) => {
    await using server = await startServer({ RATE_LIMITS: 'off', ...settings })
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const { id, head } = await startDirect(server, ann, bob)
    await using writer = await openSocket(server, personal(bob))
    await writer.next('hello')
    let cursor = head
    let sent = 0
    for (const round of oneTo(9)) {
      const sender = keepSending(writer, id, sent)
      await using socket = await openSocket(server, personal(ann))
      // The call right behind the upgrade, in the middle of the sends, and again on the same socket.
      const replies = [
        await socket.call('sync', { cursors: { [id]: cursor } }),
        await socket.call('sync', { cursors: { [id]: cursor } }),
      ]
      sent = await sender.stop()
      await socket.next('event', ({ seq }) => seq === head + sent)
      // What is live is in order and once each by itself, even across the second sync.
      const live = eventsOf(socket, id).map(({ seq }) => seq)
      const before = (live[0] ?? 0) - 1
      expect(live).toEqual(seqs(before, head + sent))
      for (const synced of replies) {
        const replied = await catchUp(socket, synced, id, cursor)
        expect(replied).toEqual(seqs(cursor, cursor + replied.length))
        expect(cursor + replied.length).toBeGreaterThanOrEqual(before)
      }
      if (round % 3 === 0) cursor = head + sent
    }
  },
)
