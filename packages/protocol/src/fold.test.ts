import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Conversation } from './conversation.ts'
import type { Event } from './event.ts'
import { type Copy, copyOf, type Folded, fold, targetOf } from './fold.ts'
import { conversationId, messageId, userId } from './ids.ts'
import type { Message } from './message.ts'

const ana = userId.parse('01900000-0000-7000-8000-00000000000a')
const ben = userId.parse('01900000-0000-7000-8000-00000000000b')
const id = conversationId.parse('01900000-0000-7000-8000-0000000000c0')
const at = '2026-01-01T00:00:00.000Z'

const messageAt = (seq: number, changes: Partial<Message> = {}): Message => ({
  conversationId: id,
  seq,
  updatedSeq: seq,
  ordinal: seq,
  id: messageId.parse('01900000-0000-7000-8000-0000000000e0'),
  clientId: `c${seq}`,
  senderId: ben,
  text: 'hello',
  attachments: [],
  mentions: { userIds: [], all: false },
  replyTo: null,
  forwardedFrom: null,
  reactions: [],
  pinned: false,
  priority: null,
  createdAt: at,
  editedAt: null,
  deletedAt: null,
  ...changes,
})

const conversation: Conversation = {
  id,
  kind: 'group',
  name: 'Harbour',
  topic: null,
  avatarUrl: null,
  visibility: 'private',
  createdAt: at,
  updatedAt: at,
  head: 2,
  memberCount: 2,
  lastMessage: null,
  members: [],
  me: {
    role: 'member',
    readSeq: 2,
    unread: 0,
    mentions: 0,
    muted: false,
    pinned: false,
    notify: 'all',
    hidden: false,
    markedUnread: false,
    draft: null,
  },
}

type Made = Pick<Event, 'type' | 'data'> & { actorId?: typeof ana }
const eventAt = (seq: number, { type, data, actorId = ben }: Made): Event =>
  ({ conversationId: id, seq, type, actorId, at, data }) as Event

function foldAll(events: Event[], viewer = ana): Copy & { messages: Map<number, Message> } {
  const messages = new Map<number, Message>()
  let folded: Folded = { ...copyOf(conversation), message: undefined }
  for (const event of events) {
    folded = fold(folded, event, viewer, messages.get(targetOf(event) ?? 0))
    if (folded.message) messages.set(folded.message.seq, folded.message)
  }
  return { conversation: folded.conversation, roles: folded.roles, messages }
}

test("[FOLD1] a message from another is unread and becomes the conversation's last", () => {
  const { conversation } = foldAll([eventAt(3, { type: 'message.created', data: { message: messageAt(3) } })])
  expect(conversation).toMatchObject({ head: 3, lastMessage: messageAt(3), me: { unread: 1, readSeq: 2 } })
})

test('[FOLD2] a message of my own, with nothing unread before it, moves my read cursor along', () => {
  const mine = messageAt(3, { senderId: ana })
  const { conversation } = foldAll([
    eventAt(3, { type: 'message.created', data: { message: mine }, actorId: ana }),
  ])
  expect(conversation.me).toMatchObject({ unread: 0, readSeq: 3 })
})

test('[FOLD3] an event that the copy has seen changes nothing, and one of an unknown type only the cursor', () => {
  const created = eventAt(3, { type: 'message.created', data: { message: messageAt(3) } })
  const once = foldAll([created])
  expect(fold(once, created, ana, once.messages.get(3)).conversation).toEqual(once.conversation)
  const unknown = { ...created, seq: 4, type: 'poll.opened', data: { question: '?' } } as unknown as Event
  expect(fold(once, unknown, ana).conversation).toEqual({ ...once.conversation, head: 4 })
})

test('[FOLD4] an edit, a pin and reactions change the message that is held, whoever held it when', () => {
  const { messages, conversation } = foldAll([
    eventAt(3, { type: 'message.created', data: { message: messageAt(3) } }),
    eventAt(4, { type: 'reaction.added', data: { target: 3, emoji: '👍' }, actorId: ana }),
    eventAt(5, { type: 'reaction.added', data: { target: 3, emoji: '👍' } }),
    eventAt(6, {
      type: 'message.edited',
      data: { target: 3, text: 'changed', mentions: { userIds: [ana], all: false }, editedAt: at },
    }),
    eventAt(7, { type: 'message.pinned', data: { target: 3 } }),
    eventAt(8, { type: 'reaction.removed', data: { target: 3, emoji: '👍' }, actorId: ana }),
  ])
  const expected = messageAt(3, {
    updatedSeq: 8,
    text: 'changed',
    mentions: { userIds: [ana], all: false },
    editedAt: at,
    pinned: true,
    reactions: [{ emoji: '👍', count: 1, mine: false }],
  })
  expect(messages.get(3)).toEqual(expected)
  expect(conversation.lastMessage).toEqual(expected)
})

test('[FOLD5] a deleted message keeps its place and nothing else, and is no longer unread', () => {
  const { messages, conversation } = foldAll([
    eventAt(3, { type: 'message.created', data: { message: messageAt(3, { replyTo: { seq: 1 } }) } }),
    eventAt(4, { type: 'message.deleted', data: { target: 3, deletedAt: at } }),
  ])
  expect(messages.get(3)).toEqual(messageAt(3, { updatedSeq: 4, text: '', deletedAt: at }))
  expect(conversation.me).toMatchObject({ unread: 0 })
})

test('[FOLD6] members come, change and go: roles and the count follow, and who left has no `me`', () => {
  const { roles, conversation: after } = foldAll([
    eventAt(3, { type: 'member.joined', data: { userId: ben, role: 'member' } }),
    eventAt(4, { type: 'member.changed', data: { userId: ben, role: 'admin' } }),
    eventAt(5, { type: 'member.left', data: { userId: ana } }),
    eventAt(6, { type: 'conversation.changed', data: { name: 'Quay', topic: 'ships' } }),
  ])
  expect([...roles]).toEqual([[ben, 'admin']])
  expect(after).toMatchObject({ name: 'Quay', topic: 'ships', memberCount: 2, me: null })
})

test('[FOLD7] however often events come again, the copy is the same as if each had come once', () => {
  const events = [
    eventAt(3, { type: 'message.created', data: { message: messageAt(3) } }),
    eventAt(4, { type: 'reaction.added', data: { target: 3, emoji: '🎉' } }),
    eventAt(5, { type: 'message.created', data: { message: messageAt(5) } }),
    eventAt(6, { type: 'message.deleted', data: { target: 3, deletedAt: at } }),
    eventAt(7, { type: 'member.left', data: { userId: ben } }),
  ]
  const once = foldAll(events)
  const repeats = fc.array(fc.nat(events.length - 1), { maxLength: 20 })
  fc.assert(
    fc.property(repeats, fc.nat(events.length), (again, from) => {
      const seen = [...events.slice(0, from), ...again.filter((index) => index < from).map((i) => events[i])]
      expect(foldAll([...seen, ...events.slice(from)].filter((event) => event !== undefined))).toEqual(once)
    }),
  )
})
