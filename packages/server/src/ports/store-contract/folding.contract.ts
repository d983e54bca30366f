import { expect, test } from 'bun:test'
import type { Role } from '@confab/protocol/conversation'
import { type Copy, copyOf, fold, targetOf } from '@confab/protocol/fold'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import type { Receipt } from '@confab/protocol/pushes'
import fc from 'fast-check'
import type { Write } from '../writes.ts'
import {
  adding,
  fetchOne,
  newUserId,
  type OpenStore,
  openWorld,
  reading,
  removing,
  type World,
} from './world.contract.ts'

type Step =
  | { do: 'send'; by: number; seenBack: number | null }
  | { do: 'read'; by: number; back: number }
  | { do: 'add' | 'remove' | 'leave' | 'promote'; by: number; whom: number }
  | { do: 'rename'; by: number; name: string; topic: string | null }
  | { do: 'mention'; by: number; whom: number; all: boolean }
  | { do: 'edit'; by: number; seq: number; text: string; whom: number | null }
  | { do: 'delete'; by: number; seq: number }
  | { do: 'react' | 'unreact'; by: number; seq: number; emoji: string }
  | { do: 'pin' | 'unpin'; by: number; seq: number }

const who = fc.nat(4)
/** After the three who began come the first messages. */
const where = fc.integer({ min: 4, max: 14 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('send' as const), by: who, seenBack: fc.option(fc.nat(4)) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('read' as const), by: who, back: fc.nat(4) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('add', 'remove', 'leave', 'promote'), by: who, whom: who }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('mention' as const), by: who, whom: who, all: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      by: who,
      seq: where,
      text: fc.constantFrom('hello', 'hello again', 'changed'),
      whom: fc.option(who),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), by: who, seq: where }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('react', 'unreact'),
      by: who,
      seq: where,
      emoji: fc.constantFrom('👍', '🎉', '❤️'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pin', 'unpin'), by: who, seq: where }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('rename' as const),
      by: who,
      name: fc.constantFrom('One', 'Two'),
      topic: fc.constantFrom('Talk', null),
    }),
  },
)

/** The tables against the log: whoever folds is where a fresh fetch is. */
export function foldingContract(open: OpenStore) {
  test('[STORE24] an earlier copy, folded over the events since, is what a fresh fetch shows', async () => {
    const runs = fc.record({
      before: fc.array(step, { maxLength: 15 }),
      after: fc.array(step, { maxLength: 25 }),
    })
    await using world = await openWorld(open)
    const people = await world.users(5)
    const handles = (await world.store.users(people)).map(({ handle }) => handle)
    const cast = { people, handles }
    await fc.assert(
      fc.asyncProperty(runs, async ({ before, after }) => {
        const group = await world.group(people.slice(0, 3))
        await world.store.commit(before.map((one) => writeOf(world, group, cast, one)))
        const copies = new Map<UserId, Held>()
        for (const viewer of people) {
          const held = await hold(world, group, viewer)
          if (held) copies.set(viewer, held)
        }
        const outcomes = await world.store.commit(after.map((one) => writeOf(world, group, cast, one)))
        for (const outcome of outcomes)
          if (outcome.status === 'committed')
            for (const { receipt } of outcome.receipts) copies.get(receipt.userId)?.receipts.push(receipt)
        // Who was the last to leave has deleted it.
        if (!(await world.store.standing(group, people[0] ?? newUserId()))) return
        for (const [viewer, held] of copies) await expectSame(world, group, viewer, held)
      }),
      { numRuns: 100 },
    )
  })
}

interface Held {
  copy: Copy
  messages: Map<number, Message>
  receipts: Receipt[]
}

async function hold(world: World, id: ConversationId, viewerId: UserId): Promise<Held | undefined> {
  const [conversation] = await world.store.conversations({ ids: [id], viewerId })
  if (!conversation) return undefined
  const { messages } = await world.store.history({ conversationId: id, viewerId, limit: 100 })
  return {
    copy: copyOf(conversation),
    messages: new Map(messages.map((message) => [message.seq, message])),
    receipts: [],
  }
}

async function expectSame(world: World, id: ConversationId, viewer: UserId, held: Held) {
  const folded = await foldUp(world, id, viewer, held)
  const standing = await world.store.standing(id, viewer)
  expect(folded.roles.get(viewer)).toBe(standing?.role)
  if (standing?.role === undefined) return

  const fresh = await fetchOne(world, id, viewer)
  const { members: _, me, ...rest } = folded.conversation
  const { members, me: freshMe, ...freshRest } = fresh
  expect(rest).toEqual(freshRest)
  expect(folded.roles).toEqual(new Map(members.map(({ user, role }): [UserId, Role] => [user.id, role])))
  // Who left and came back is told anew by a `conversation` push, which a fold knows nothing of.
  if (me) expect<typeof freshMe>(me).toEqual(freshMe)
  const { messages } = await world.store.history({ conversationId: id, viewerId: viewer, limit: 100 })
  expect([...held.messages.values()]).toEqual(messages)
}

/** Folds as a device does: a receipt of one's own counts once the copy is where it was counted. */
async function foldUp(world: World, id: ConversationId, viewer: UserId, held: Held): Promise<Copy> {
  const { messages, receipts } = held
  let copy = withReceipts(held.copy, receipts)
  const { events } = await world.store.events({
    conversationId: id,
    after: copy.conversation.head,
    limit: 500,
  })
  for (const event of events) {
    const target = messages.get(targetOf(event) ?? 0)
    const { message, ...next } = fold(copy, event, viewer, target)
    if (message) messages.set(message.seq, message)
    copy = withReceipts(next, receipts)
  }
  return copy
}

function withReceipts(copy: Copy, receipts: Receipt[]): Copy {
  const { conversation } = copy
  const { me, head } = conversation
  if (!me) return copy
  let current = me
  for (const { readSeq, mine } of receipts)
    if (mine?.head === head)
      current = {
        ...current,
        readSeq: readSeq ?? current.readSeq,
        unread: mine.unread,
        mentions: mine.mentions,
      }
  return { ...copy, conversation: { ...conversation, me: current } }
}

function writeOf(
  world: World,
  id: ConversationId,
  { people, handles }: { people: readonly UserId[]; handles: readonly string[] },
  one: Step,
): Write {
  const person = (number: number): UserId => {
    const found = people[number]
    if (!found) throw new Error(`no person ${number}`)
    return found
  }
  const actorId = person(one.by)
  const handlesOf = (number: number) => handles.slice(number, number + 1)
  const at = (seq: number) => ({ conversationId: id, actorId, at: world.now, seq })
  world.now += 10
  switch (one.do) {
    case 'send':
      return world.message(id, actorId, one.seenBack === null ? {} : { seenSeq: 5 + one.seenBack })
    case 'mention':
      return world.message(id, actorId, { mentioned: { handles: handlesOf(one.whom), all: one.all } })
    case 'edit': {
      const mentioned = { handles: one.whom === null ? [] : handlesOf(one.whom), all: false }
      return { write: 'message.edit', ...at(one.seq), text: one.text, mentioned }
    }
    case 'delete':
      return { write: 'message.delete', ...at(one.seq) }
    case 'react':
    case 'unreact':
      return { write: 'message.react', ...at(one.seq), emoji: one.emoji, on: one.do === 'react' }
    case 'pin':
    case 'unpin':
      return { write: 'message.pin', ...at(one.seq), on: one.do === 'pin' }
    case 'read':
      return reading(world, id, actorId, 3 + one.back)
    case 'add':
      return { ...adding(world, id, { actorId, userId: person(one.whom) }) }
    case 'remove':
      return removing(world, id, { actorId, userId: person(one.whom) })
    case 'leave':
      return removing(world, id, { userId: actorId })
    case 'promote':
      return {
        write: 'member.change',
        conversationId: id,
        actorId,
        at: world.now,
        userId: person(one.whom),
        role: 'admin',
      }
    case 'rename':
      return {
        write: 'conversation.change',
        conversationId: id,
        actorId,
        at: world.now,
        change: { name: one.name, topic: one.topic },
      }
  }
}
