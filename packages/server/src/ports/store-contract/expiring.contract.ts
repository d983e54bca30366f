import { expect, test } from 'bun:test'
import { copyOf, fold } from '@confab/protocol/fold'
import { systemUserId } from '@confab/protocol/retention'
import { fetchOne, logOf, type OpenStore, openWorld } from './world.contract.ts'

const dayMs = 24 * 3_600_000

export function expiringContract(open: OpenStore): void {
  test('[STORE49] what is older than it is kept is deleted, oldest first and so many at once, and folds as ever', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    const group = await world.group([ann, bob])
    const [first, second, third] = [
      await world.send(group, ann, { text: 'first' }),
      await world.send(group, ann, { text: 'second' }),
      await world.send(group, bob, { text: 'third' }),
    ]
    world.now += dayMs
    const young = await world.send(group, ann, { text: 'young' })
    const by = { conversationId: group, actorId: bob, at: world.now } as const
    await world.done({ write: 'message.react', ...by, seq: second.seq, emoji: '👍', on: true })
    await world.done({ write: 'message.delete', ...by, seq: third.seq })
    const before = await fetchOne(world, group, bob)
    expect(before.me?.unread).toBe(1)

    const expire = {
      write: 'messages.expire',
      conversationId: group,
      at: world.now,
      before: world.now,
    } as const
    const step = await world.done({ ...expire, limit: 2 })
    expect(step.events.map(({ type, actorId, data }) => [type, actorId, data])).toEqual(
      [first, second].map(({ seq }) => [
        'message.deleted',
        systemUserId,
        { target: seq, deletedAt: expect.any(String) },
      ]),
    )
    expect(await world.done({ ...expire, limit: 2 })).toMatchObject({ fresh: true, events: [] })
    expect(await world.done({ ...expire, limit: 2 })).toMatchObject({ fresh: false, events: [] })
    const { messages } = await world.store.history({ conversationId: group, viewerId: bob, limit: 10 })
    expect(messages.map(({ seq, text, reactions }) => [seq, text, reactions])).toEqual([
      [first.seq, '', []],
      [second.seq, '', []],
      [third.seq, '', []],
      [young.seq, 'young', []],
    ])
    const log = await logOf(world, group)
    const folded = log.slice(before.head).reduce((copy, event) => fold(copy, event, bob), copyOf(before))
    const after = await fetchOne(world, group, bob)
    expect(folded.conversation).toMatchObject({ head: after.head, lastMessage: after.lastMessage })
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1))
    expect(await world.store.users([systemUserId])).toMatchObject([{ name: 'Confab' }])
  })

  test('[STORE50] of the conversation’s days and the server’s the fewer hold', async () => {
    await using world = await openWorld(open)
    const ann = await world.user('Ann')
    const [plain, short, long] = [
      await world.group([ann]),
      await world.group([ann]),
      await world.group([ann]),
    ]
    const keep = (conversationId: typeof plain, retentionDays: number | null) =>
      world.done({
        ...{ write: 'conversation.change', conversationId, actorId: ann, at: world.now },
        change: { retentionDays },
      })
    const { events } = await keep(short, 3)
    expect(events.map(({ data }) => data)).toEqual([{ retentionDays: 3 }])
    expect((await keep(short, 3)).fresh).toBe(false)
    await keep(long, 30)
    expect(await fetchOne(world, short, ann)).toMatchObject({ retentionDays: 3 })
    expect(await fetchOne(world, plain, ann)).toMatchObject({ retentionDays: null })
    for (const id of [plain, short, long]) await world.send(id, ann)

    const dueAfter = async (days: number, serverDays: number | null) => {
      const now = world.now + days * dayMs + 1
      const pages = { now, serverDays, limit: 2 }
      const first = await world.store.dueForExpiry(pages)
      const second = await world.store.dueForExpiry({ ...pages, after: first.next ?? 0 })
      return [...first.due, ...second.due].map(({ conversationId }) => conversationId)
    }
    expect(await dueAfter(2, null)).toEqual([])
    expect(await dueAfter(3, null)).toEqual([short])
    expect(await dueAfter(10, 10)).toEqual([plain, short, long])
    expect(await dueAfter(30, null)).toEqual([short, long])
    expect(await dueAfter(2, 2)).toEqual([plain, short, long])
    await keep(short, null)
    expect(await dueAfter(3, null)).toEqual([])
  })

  test('[STORE51] where the server keeps for ever, conversations without days of their own make no page', async () => {
    await using world = await openWorld(open)
    const ann = await world.user('Ann')
    const plain = [await world.group([ann]), await world.group([ann]), await world.group([ann])]
    const short = await world.group([ann])
    await world.done({
      ...{ write: 'conversation.change', conversationId: short, actorId: ann, at: world.now },
      change: { retentionDays: 1 },
    })
    for (const id of [...plain, short]) await world.send(id, ann)
    const now = world.now + 2 * dayMs
    const due = async (serverDays: number | null) => {
      const page = await world.store.dueForExpiry({ now, serverDays, limit: 2 })
      return { ids: page.due.map(({ conversationId }) => conversationId), isLast: page.next === null }
    }
    expect(await due(null)).toEqual({ ids: [short], isLast: true })
    expect(await due(1)).toEqual({ ids: plain.slice(0, 2), isLast: false })
  })
}
