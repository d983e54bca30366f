import { expect, test } from 'bun:test'
import type { ConversationId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import { Refusal } from '@confab/protocol/refusal'
import fc from 'fast-check'
import type { List } from '../store.ts'
import { adding, fetchOne, type OpenStore, openWorld, reading, removing } from './world.contract.ts'

/** Cursors, history, the log and lists. */
export function readingContract(open: OpenStore) {
  test('[STORE12] cursors go forward only, to the head at most; who has read has received', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    const group = await world.group([ann, bob])
    for (let n = 0; n < 3; n++) await world.send(group, ann)
    const at = new Date(world.now).toISOString()
    const delivered = { ...reading(world, group, bob, 4), cursor: 'delivered' } as const
    expect((await world.done(delivered)).receipts).toEqual([
      { told: true, receipt: { conversationId: group, userId: bob, deliveredSeq: 4, deliveredAt: at } },
    ])
    expect((await world.done(reading(world, group, bob, 3))).receipts).toEqual([
      {
        told: true,
        receipt: {
          conversationId: group,
          userId: bob,
          readSeq: 3,
          readAt: at,
          mine: { unread: 2, mentions: 0, head: 5 },
        },
      },
    ])
    expect(await world.done(reading(world, group, bob, 2))).toMatchObject({ fresh: false, receipts: [] })
    expect(await world.done({ ...delivered, seq: 4 })).toMatchObject({ fresh: false, receipts: [] })
    await world.done(reading(world, group, bob, 2 ** 40))
    const own = (await fetchOne(world, group, ann)).members.find(({ user }) => user.id === bob)
    expect(own).toMatchObject({ readSeq: 5, deliveredSeq: 5, readAt: at, deliveredAt: at })
    expect(await world.codeOf(reading(world, group, await world.user('Eve'), 1))).toBe('not_found')
  })

  test('[STORE13] sending reads up to the message, or to seenSeq where others’ messages lie between', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    const group = await world.group([ann, bob])
    const me = async () => (await fetchOne(world, group, bob)).me
    const first = await world.send(group, ann)
    await world.send(group, ann)
    await world.send(group, bob, { seenSeq: first.seq })
    expect(await me()).toMatchObject({ readSeq: first.seq, unread: 2 })
    const blind = await world.send(group, bob)
    expect(await me()).toMatchObject({ readSeq: blind.seq, unread: 0 })
    // Behind what another of one's devices has read: everything since is one's own.
    const own = await world.send(group, bob, { seenSeq: first.seq })
    expect(await me()).toMatchObject({ readSeq: own.seq, unread: 0 })
    const ahead = await world.send(group, bob, { seenSeq: 2 ** 40 })
    expect(await me()).toMatchObject({ readSeq: ahead.seq, unread: 0 })
  })

  test('[STORE14] unread is the number of messages after the read cursor', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('send' as const), by: fc.nat(2), seenBack: fc.option(fc.nat(5)) }),
      fc.record({ do: fc.constant('read' as const), by: fc.nat(2), back: fc.nat(8) }),
      fc.record({ do: fc.constant('come and go' as const), by: fc.constant(2) }),
    )
    await using world = await openWorld(open)
    const people = await world.users(3)
    const [owner, , third] = people
    if (!owner || !third) throw new Error('no people')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const group = await world.group(people)
        for (const one of steps) {
          const by = people[one.by] ?? owner
          const head = (await world.store.heads([group])).get(group) ?? 0
          if (one.do === 'send') {
            const seenSeq = one.seenBack === null ? undefined : Math.max(0, head - one.seenBack)
            await world.send(group, by, { seenSeq })
          } else if (one.do === 'read') await world.done(reading(world, group, by, head - one.back))
          else {
            await world.done(removing(world, group, { userId: third }))
            await world.done(adding(world, group, { actorId: owner, userId: third }))
          }
          for (const viewerId of people) {
            const { me } = await fetchOne(world, group, viewerId)
            const { messages } = await world.store.history({ conversationId: group, viewerId, limit: 100 })
            expect(me?.unread).toBe(messages.filter(({ seq }) => seq > (me?.readSeq ?? 0)).length)
          }
        }
      }),
      { numRuns: 20 },
    )
  })

  test('[STORE15] a page of history is the messages next to its seq, ascending', async () => {
    await using world = await openWorld(open)
    const ann = await world.user('Ann')
    const group = await world.group([ann])
    // Messages at seq 2 to 6, then an event that is none, then 8 to 11.
    for (let n = 0; n < 5; n++) await world.send(group, ann)
    await world.done(adding(world, group, { actorId: ann, userId: await world.user('Bob') }))
    for (let n = 0; n < 4; n++) await world.send(group, ann)
    const page = async (where: { before?: number; after?: number; around?: number; limit: number }) => {
      const { messages, head } = await world.store.history({ conversationId: group, viewerId: ann, ...where })
      expect(head).toBe(11)
      return seqs(messages)
    }
    expect(await page({ limit: 3 })).toEqual([9, 10, 11])
    expect(await page({ before: 9, limit: 3 })).toEqual([5, 6, 8])
    expect(await page({ before: 7, limit: 2 })).toEqual([5, 6])
    expect(await page({ before: 2, limit: 5 })).toEqual([])
    expect(await page({ before: 2 ** 40, limit: 1 })).toEqual([11])
    expect(await page({ after: 5, limit: 3 })).toEqual([6, 8, 9])
    expect(await page({ after: 0, limit: 2 })).toEqual([2, 3])
    expect(await page({ after: 11, limit: 5 })).toEqual([])
    expect(await page({ after: 2 ** 40, limit: 5 })).toEqual([])
    expect(await page({ around: 6, limit: 4 })).toEqual([4, 5, 6, 8])
    expect(await page({ around: 6, limit: 1 })).toEqual([6])
    expect(await page({ around: 2, limit: 4 })).toEqual([2, 3, 4, 5])
    expect(await page({ around: 11, limit: 4 })).toEqual([8, 9, 10, 11])
    expect(await page({ around: 2 ** 40, limit: 2 })).toEqual([10, 11])
    expect(await page({ around: 7, limit: 100 })).toEqual([2, 3, 4, 5, 6, 8, 9, 10, 11])
    expect(await world.store.message({ conversationId: group, seq: 7, viewerId: ann })).toBeUndefined()
    expect((await world.store.message({ conversationId: group, seq: 8, viewerId: ann }))?.ordinal).toBe(6)
  })

  test('[STORE15] a page ends at its conversation, whatever its neighbours hold', async () => {
    await using world = await openWorld(open)
    const ann = await world.user('Ann')
    const groups = [await world.group([ann]), await world.group([ann]), await world.group([ann])] as const
    for (const group of groups) for (let n = 0; n < 3; n++) await world.send(group, ann)
    for (const where of [{}, { after: 0 }, { before: 99 }, { around: 3 }]) {
      const conversationId = groups[1]
      const { messages } = await world.store.history({ conversationId, viewerId: ann, limit: 50, ...where })
      expect(messages.map((one) => [one.conversationId, one.seq])).toEqual(
        [2, 3, 4].map((seq) => [conversationId, seq]),
      )
    }
  })

  test('[STORE16] a range of events is contiguous, as long as asked for and as the log is', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    const group = await world.group([ann])
    const sent = await world.send(group, ann)
    await world.done(adding(world, group, { actorId: ann, userId: bob }))
    await world.send(group, bob)
    const range = async (after: number, limit: number) => {
      const { events, head } = await world.store.events({ conversationId: group, after, limit })
      expect(head).toBe(4)
      return events.map(({ seq }) => seq)
    }
    expect(await range(0, 2)).toEqual([1, 2])
    expect(await range(2, 50)).toEqual([3, 4])
    expect(await range(4, 50)).toEqual([])
    expect(await range(2 ** 40, 50)).toEqual([])
    const { events } = await world.store.events({ conversationId: group, after: 1, limit: 1 })
    expect(events).toEqual([
      {
        conversationId: group,
        seq: 2,
        type: 'message.created',
        actorId: ann,
        at: sent.createdAt,
        data: { message: sent },
      },
    ])
  })

  test('[STORE17] following a list’s next shows each item once, in order', async () => {
    await using world = await openWorld(open)
    const people = await world.users(7)
    const [ann] = people
    if (!ann) throw new Error('no people')
    const channels: ConversationId[] = []
    for (let n = 0; n < 7; n++) {
      world.now += n % 3 === 0 ? 1_000 : 0
      const members = people.slice(0, 1 + (n % 3))
      const more = { kind: 'channel', visibility: 'public', name: `Channel ${n % 2}` } as const
      channels.push(await world.group(members, more))
    }
    const [, , third] = channels
    if (!third) throw new Error('no channels')
    const { store } = world
    const walks = [
      walk(
        (page) => store.conversationList({ ...page, viewerId: ann }),
        ({ id }) => id,
      ),
      walk(
        (page) => store.channels({ ...page, viewerId: ann, query: 'channel' }),
        ({ id }) => id,
      ),
      walk(
        (page) => store.searchUsers({ ...page, query: '' }),
        ({ id }) => id,
      ),
      walk(
        (page) => store.searchUsers({ ...page, query: 'user' }),
        ({ id }) => id,
      ),
      walk(
        (page) => store.members({ ...page, conversationId: third }),
        ({ user }) => user.id,
      ),
    ]
    const [mine, listed, everybody, found, members] = await Promise.all(walks)
    expect(mine).toEqual((await store.memberships(ann)).map(({ conversationId }) => conversationId))
    expect(mine).toHaveLength(7)
    expect(listed).toHaveLength(7)
    expect(everybody).toEqual(people)
    expect(found).toEqual(people)
    expect(members).toEqual(people.slice(0, 3))

    for (const cursor of ['', 'nonsense', Buffer.from('["a"]').toString('base64url')]) {
      const asked = store.conversationList({ viewerId: ann, limit: 2, cursor })
      await expect(asked.catch((refusal: unknown) => codeOf(refusal))).resolves.toBe('invalid')
    }
  })
}

const seqs = (messages: Message[]) => messages.map(({ seq }) => seq)

const codeOf = (refusal: unknown) => (refusal instanceof Refusal ? refusal.code : refusal)

/** All pages of two, one after the other; each item once. */
async function walk<Item>(
  list: (page: { cursor?: string | undefined; limit: number }) => Promise<List<Item>>,
  key: (item: Item) => string,
): Promise<string[]> {
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const { items, next } = await list({ cursor, limit: 2 })
    expect(items.length).toBeLessThanOrEqual(2)
    seen.push(...items.map(key))
    cursor = next ?? undefined
  } while (cursor !== undefined)
  expect(new Set(seen).size).toBe(seen.length)
  return seen
}
