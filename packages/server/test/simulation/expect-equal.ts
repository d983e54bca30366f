import { drainMicrotasks } from 'bun:jsc'
import { expect } from 'bun:test'
import type { TimelineItem } from '@confab/client/timeline'
import type { Conversation } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import type { Device } from './device.ts'
import type { Send } from './scene.ts'
import type { World } from './world.ts'

/** The end of a run: everybody holds what the log says, and every promise was kept. */
export function expectEqual(world: World, sends: readonly Send[]): void {
  expectSent(world, sends)
  expectTold(world)
  for (const device of world.devices) expectSilent(device)
  if (!world.isAllTold) {
    // What was lost without a word, and told by nothing after it, is told by the next sync.
    for (const { network } of world.devices) network.cut()
    world.settle()
  }
  for (const device of world.devices) expectDeviceEqual(world, device)
}

/**
 * Each acknowledged message is in the log, once;
 * and so is each that was neither refused nor lost with its disk.
 */
function expectSent({ ledger, refused }: World, sends: readonly Send[]): void {
  for (const { device, writtenTo, conversationId, clientId, outcome } of sends) {
    const isKept = writtenTo === device.disk || writtenTo === device.chat
    const isDue = outcome === 'acknowledged' || (outcome === 'open' && isKept && !refused.has(clientId))
    const stored = ledger.storedAt({ conversationId, senderId: device.userId, clientId }).length
    if (isDue) expect({ clientId, outcome, stored }).toEqual({ clientId, outcome, stored: 1 })
  }
}

/** Every connection was sent everything of every conversation of its user, without having asked again. */
function expectTold({ servers, ledger, kept }: World): void {
  for (const { links } of servers.seats) {
    for (const { witness, isOpen } of links) {
      if (!isOpen || !witness.isSynced) continue
      for (const [id, log] of ledger.logs)
        if (log.members.has(witness.userId))
          expect({ id, to: witness.userId, told: witness.reached(id) }).toEqual({
            id,
            to: witness.userId,
            told: log.events.length,
          })
      const { userRev } = now(kept.store.revs(witness.userId))
      expect({ to: witness.userId, userRev: witness.userRev }).toEqual({ to: witness.userId, userRev })
    }
  }
}

/** Who has typed has long stopped, also where the word of it was lost. */
function expectSilent({ name, chat }: Device): void {
  for (const { conversation } of chat.conversations.get()) {
    const typing = chat.conversation(conversation.id).typing.get()
    expect({ name, id: conversation.id, typing }).toEqual({ name, id: conversation.id, typing: [] })
  }
}

function expectDeviceEqual(world: World, device: Device): void {
  const { store } = world.kept
  const { chat, userId, name } = device
  expect({ name, status: chat.status.get(), unanswered: device.unanswered.size }).toEqual({
    name,
    status: { status: 'online' },
    unanswered: 0,
  })
  const ids = now(store.memberships(userId)).map(({ conversationId }) => conversationId)
  const fresh = now(store.conversations({ ids, viewerId: userId }))
  const held = chat.conversations.get().map(({ conversation }) => conversation)
  if (world.serverClocksErred) {
    expectSame(byId(held).map(withoutCursors), byId(fresh).map(withoutCursors))
    for (const conversation of held) expectBehind(world, userId, conversation, fresh)
  } else expectSame(byId(held), byId(fresh))
  for (const { id, head, me } of fresh) {
    const { readSeq = 0, unread, mentions } = me ?? {}
    expect({ id, unread, mentions }).toEqual({ id, ...world.ledger.countUnread(id, userId, readSeq) })
    expect(head).toBe(world.ledger.logs.get(id)?.events.length ?? 0)
    expectSame(loadAll(world, device, id), allMessages(world, device, id))
  }
  const others = new Set(fresh.flatMap(({ members }) => members.map(({ user }) => user.id)))
  const users = now(store.users([...others]))
  const known = users.map(({ id }) => chat.user(id).get())
  if (!world.serverClocksErred) expectSame(known, users)
  for (const [index, { updatedAt }] of users.entries())
    expect((known[index]?.updatedAt ?? 'unknown') <= updatedAt).toBe(true)
}

/**
 * Cursors that may not have been told are held as they once were, and unread is counted right from one's own.
 */
function expectBehind(
  { ledger }: World,
  viewer: UserId,
  { id, members, me }: Conversation,
  fresh: readonly Conversation[],
): void {
  const now = fresh.find((conversation) => conversation.id === id)
  if (!now?.me || !me) throw new Error(`${id} is held, and not theirs`)
  const { readSeq, unread, mentions } = me
  expect(readSeq).toBeLessThanOrEqual(now.me.readSeq)
  expect({ id, unread, mentions }).toEqual({ id, ...ledger.countUnread(id, viewer, readSeq) })
  for (const { user, readSeq = 0, deliveredSeq = 0 } of members) {
    const present = now.members.find((member) => member.user.id === user.id)
    expect(readSeq ?? 0).toBeLessThanOrEqual(present?.readSeq ?? 0)
    expect(deliveredSeq ?? 0).toBeLessThanOrEqual(present?.deliveredSeq ?? 0)
  }
}

/** Without what is counted from one's own either. */
const withoutCursors = ({ members, me, ...conversation }: Conversation) => ({
  ...conversation,
  members: members.map(({ user: { id }, role, joinedSeq }) => ({ id, role, joinedSeq })),
  me: me && { ...me, readSeq: 0, unread: 0, mentions: 0 },
})

/** The whole of a conversation, as a person would scroll through it. */
function loadAll(world: World, { chat }: Device, id: string): readonly Message[] {
  const handle = chat.conversation(id)
  handle.open()
  world.pass(200)
  for (let pages = 0; handle.timeline.get().hasEarlier && pages < 20; pages++) {
    void handle.loadEarlier()
    world.pass(200)
  }
  const { items, state } = handle.timeline.get()
  expect({ id, state, waiting: items.filter(({ status }) => status === 'sending') }).toEqual({
    id,
    state: 'ready',
    waiting: [],
  })
  return items.flatMap((item: TimelineItem) => (item.status === 'sent' ? [item.message] : []))
}

function allMessages({ kept }: World, { userId }: Device, conversationId: ConversationId): Message[] {
  const all: Message[] = []
  for (;;) {
    const after = all.at(-1)?.seq ?? 0
    const page = now(kept.store.history({ conversationId, viewerId: userId, after, limit: 100 }))
    all.push(...page.messages)
    if (page.messages.length < 100) return all
  }
}

/** The kept store answers at once. */
function now<T>(promise: Promise<T>): T {
  let answer: { value: T } | undefined
  void promise.then((value) => {
    answer = { value }
  })
  drainMicrotasks()
  if (!answer) throw new Error('the store took its time')
  return answer.value
}

/** Tells the difference only where there is one: to look is cheap, to explain is not. */
export function expectSame(held: unknown, fresh: unknown): void {
  if (!Bun.deepEquals(held, fresh)) expect(held).toEqual(fresh)
}

const byId = <T extends { id: string }>(items: readonly T[]) =>
  [...items].sort((a, b) => (a.id < b.id ? -1 : 1))
