import { expect, test } from 'bun:test'
import type { ConversationId } from '@confab/protocol/ids'
import type { CreateMessage, Outcome } from '../writes.ts'
import { adding, fetchOne, logOf, type OpenStore, openWorld, randomKey, removing } from './world.contract.ts'

/** How writes become events. */
export function appendingContract(open: OpenStore) {
  test('[STORE1] seqs and ordinals have no gaps, however writes to several conversations interleave', async () => {
    await using world = await openWorld(open)
    const [ann, bob, eve] = await someUsers(world)
    const first = await world.group([ann, bob])
    const second = await world.group([bob, ann])
    await world.store.commit([
      world.message(first, ann),
      world.message(second, bob),
      adding(world, first, { actorId: ann, userId: eve }),
      world.message(first, eve),
      world.message(second, ann),
      removing(world, first, { userId: eve }),
      world.message(first, bob),
    ])
    const firstLog = await logOf(world, first)
    expect(firstLog.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'member.joined'],
      [2, 'member.joined'],
      [3, 'message.created'],
      [4, 'member.joined'],
      [5, 'message.created'],
      [6, 'member.left'],
      [7, 'message.created'],
    ])
    expect(ordinals(firstLog)).toEqual([1, 2, 3])
    expect(ordinals(await logOf(world, second))).toEqual([1, 2])
    expect(await world.store.heads([first, second])).toEqual(
      new Map([
        [first, 7],
        [second, 4],
      ]),
    )
  })

  test('[STORE2] a message sent again appends nothing and is answered with the first, after a restart too', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = await someUsers(world)
    const group = await world.group([ann, bob])
    const write = world.message(group, ann, { text: 'once' })
    const [first, inSameBatch] = await world.store.commit([write, write])
    const again = await world.done(write)
    await world.reopen()
    const afterRestart = await world.done({ ...write, at: world.now + 1_000 })

    const message = first?.status === 'committed' ? first.message : undefined
    expect(message?.text).toBe('once')
    const repeat: Outcome = {
      status: 'committed',
      fresh: false,
      events: [],
      receipts: [],
      userChanges: [],
      ...(message && { message }),
    }
    expect(inSameBatch).toEqual(repeat)
    expect(again).toEqual(repeat)
    expect(afterRestart).toEqual(repeat)
    expect((await world.store.sent(write))?.message).toEqual(message)
    expect(await logOf(world, group)).toHaveLength(3)
  })

  test('[STORE3] a key used again for another content is refused, in the same batch and later', async () => {
    await using world = await openWorld(open)
    const [ann] = await someUsers(world)
    const group = await world.group([ann])
    const write = world.message(group, ann, { text: 'first' })
    const other = { ...world.message(group, ann, { text: 'other' }), sendKey: write.sendKey }
    const [kept, refused] = await world.store.commit([write, other])
    expect(kept?.status).toBe('committed')
    expect(refused).toMatchObject({ status: 'refused', code: 'client_id_reused' })
    expect(await world.codeOf(other)).toBe('client_id_reused')
    expect(await world.codeOf(write)).toBe('committed')
    expect(await logOf(world, group)).toHaveLength(2)
  })

  test('[STORE4] a refused write leaves no trace and its neighbours are committed', async () => {
    await using world = await openWorld(open)
    const [ann, bob, eve] = await someUsers(world)
    const group = await world.group([ann, bob])
    const before = await fetchOne(world, group, ann)
    const strangers = world.message(group, eve)
    const refused = [
      strangers,
      world.message(group, ann, { replyToSeq: 99 }),
      adding(world, group, { actorId: eve, userId: eve }),
      removing(world, group, { actorId: bob, userId: ann }),
    ]
    for (const write of refused) await world.store.commit([write])
    expect(await fetchOne(world, group, ann)).toEqual(before)

    const outcomes = await world.store.commit([
      world.message(group, ann),
      ...refused,
      world.message(group, bob),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual([
      'committed',
      'refused',
      'refused',
      'refused',
      'refused',
      'committed',
    ])
    expect((await logOf(world, group)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
    expect(await world.store.sent(strangers)).toBeUndefined()
  })

  test('[STORE5] time never runs backwards along the log', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = await someUsers(world)
    const group = await world.group([ann])
    await world.send(group, ann, { at: world.now + 5_000 })
    const late = await world.send(group, ann, { at: world.now + 1_000 })
    await world.done(adding(world, group, { actorId: ann, userId: bob }))
    await world.send(group, ann, { at: world.now + 6_000 })
    const times = (await logOf(world, group)).map(({ at }) => Date.parse(at) - world.now)
    expect(times).toEqual([0, 5_000, 5_000, 5_000, 6_000])
    expect(Date.parse(late.createdAt) - world.now).toBe(5_000)
  })

  test('[STORE6] membership and role are asked at the write’s place in the batch', async () => {
    await using world = await openWorld(open)
    const [ann, bob, eve] = await someUsers(world)
    const group = await world.group([ann, bob])
    const rename = { write: 'conversation.change', conversationId: group, at: world.now } as const
    const codes = (
      await world.store.commit([
        world.message(group, eve),
        adding(world, group, { actorId: bob, userId: eve }),
        world.message(group, eve),
        removing(world, group, { actorId: ann, userId: eve }),
        world.message(group, eve),
        { ...rename, actorId: bob, change: { name: 'Bob’s' } },
        { ...rename, actorId: ann, change: { name: 'Ann’s' } },
        { ...rename, actorId: eve, change: { name: 'Eve’s' } },
      ])
    ).map((outcome) => (outcome.status === 'refused' ? outcome.code : 'committed'))
    expect(codes).toEqual([
      'not_found',
      'committed',
      'committed',
      'committed',
      'not_found',
      'forbidden',
      'committed',
      'not_found',
    ])
    expect((await fetchOne(world, group, ann)).name).toBe('Ann’s')
  })

  test('[STORE25] a reply names a message of the same conversation', async () => {
    await using world = await openWorld(open)
    const [ann] = await someUsers(world)
    const group = await world.group([ann])
    const elsewhere = await world.group([ann])
    const { seq } = await world.send(group, ann)
    const reply = await world.send(group, ann, { replyToSeq: seq })
    expect(reply.replyTo).toEqual({ seq })
    // The seq of an event that is no message, one past the head, one in another conversation.
    expect(await world.codeOf(world.message(group, ann, { replyToSeq: 1 }))).toBe('invalid')
    expect(await world.codeOf(world.message(group, ann, { replyToSeq: 2 ** 33 }))).toBe('invalid')
    expect(await world.codeOf(world.message(elsewhere, ann, { replyToSeq: seq }))).toBe('invalid')
  })

  test('[STORE52] sends of many conversations in one batch do what each would have done alone', async () => {
    await using world = await openWorld(open)
    const [ann, bob, eve] = await someUsers(world)
    const later = (more: Partial<CreateMessage>, ms = 2_000) => ({ ...more, at: world.now + ms })
    // By what is in them, each is answered by itself or with all the others.
    const talks: Record<string, (id: ConversationId) => CreateMessage[]> = {
      'nothing special': (id) => [world.message(id, ann), world.message(id, bob), world.message(id, ann)],
      'a clock that goes back': (id) => [
        world.message(id, ann, later({}, 5_000)),
        world.message(id, bob, later({ priority: 'high' })),
      ],
      'a device that has seen all': (id) => [
        world.message(id, ann, later({ seenSeq: 4 })),
        world.message(id, ann, later({ seenSeq: 4 })),
      ],
      'a device that is behind': (id) => [
        world.message(id, ann, later({ seenSeq: 4 })),
        world.message(id, bob, later({ seenSeq: 3 })),
        world.message(id, ann, later({})),
      ],
      'a reply': (id) => [world.message(id, bob), world.message(id, ann, { replyToSeq: 3 })],
      'a reply to no message': (id) => [
        world.message(id, bob, { replyToSeq: 1 }),
        world.message(id, ann, { replyToSeq: 4 }),
      ],
      'a stranger': (id) => [world.message(id, ann), world.message(id, eve), world.message(id, bob)],
      'a repeat': (id) => {
        const write = world.message(id, ann)
        return [write, world.message(id, bob), write, { ...write, contentKey: randomKey() }]
      },
    }
    const told = (outcomes: readonly Outcome[]) =>
      outcomes.map((outcome) => {
        if (outcome.status === 'refused') return outcome.code
        const { message, receipts, fresh } = outcome
        const moved = receipts.map(({ receipt: { conversationId, ...rest }, told }) => [rest, told])
        return [fresh, message?.seq, message?.ordinal, message?.text, message?.createdAt, moved]
      })
    const repliesOf = async (id: ConversationId) =>
      (await logOf(world, id)).map((event) =>
        event.type === 'message.created' ? event.data.message.replyTo : event.type,
      )
    const twins = Object.values(talks).map(async (writes) => {
      const ids = [await world.group([ann, bob]), await world.group([ann, bob])] as const
      for (const id of ids) await world.send(id, ann)
      for (const id of ids) await world.send(id, bob)
      return {
        together: { id: ids[0], writes: writes(ids[0]) },
        alone: { id: ids[1], writes: writes(ids[1]) },
      }
    })
    const all = await Promise.all(twins)
    // By turns, so that the writes of a conversation lie apart.
    const turns = [0, 1, 2, 3].flatMap((turn) => all.flatMap(({ together }) => together.writes[turn] ?? []))
    const outcomes = await world.store.commit(turns)
    for (const { together, alone } of all) {
      const one: Outcome[] = []
      for (const write of alone.writes) one.push(...(await world.store.commit([write])))
      const ofIt = outcomes.filter((_, index) => turns[index]?.conversationId === together.id)
      expect(told(ofIt)).toEqual(told(one))
      for (const user of [ann, bob]) {
        const { members, me, lastMessage } = await fetchOne(world, together.id, user)
        const twin = await fetchOne(world, alone.id, user)
        expect({ members, me, last: lastMessage?.seq }).toEqual({
          members: twin.members,
          me: twin.me,
          last: twin.lastMessage?.seq,
        })
      }
      expect(await repliesOf(together.id)).toEqual(await repliesOf(alone.id))
    }
  })
}

const ordinals = (log: Awaited<ReturnType<typeof logOf>>) =>
  log.flatMap((event) => (event.type === 'message.created' ? [event.data.message.ordinal] : []))

async function someUsers(world: Awaited<ReturnType<typeof openWorld>>) {
  return [await world.user('Ann'), await world.user('Bob'), await world.user('Eve')] as const
}
