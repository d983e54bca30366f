import { expect, test } from 'bun:test'
import type { TimelineItem } from '@confab/client/timeline'
import { conversationId, messageId, userId } from '@confab/protocol/ids'
import type { Message } from '@confab/protocol/message'
import { rowsOf } from './timeline-rows.ts'

const uuid = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
const ada = userId.parse(uuid(1))
const ben = userId.parse(uuid(2))

function sent(seq: number, { by = ben, at = '2026-11-21T10:00:00.000Z' } = {}): TimelineItem {
  const message: Message = {
    conversationId: conversationId.parse(uuid(9)),
    seq,
    updatedSeq: seq,
    ordinal: seq,
    id: messageId.parse(uuid(100 + seq)),
    clientId: `c${seq}`,
    senderId: by,
    text: `message ${seq}`,
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
  }
  return { status: 'sent', message }
}

const shapeOf = (items: TimelineItem[], unreadAfter?: number) =>
  rowsOf(items, { hasEarlier: false, myId: ada, unreadAfter }).map((row) =>
    row.kind === 'message'
      ? `${row.opensGroup ? '[' : ' '}${row.key.split(' ')[1]}${row.closesGroup ? ']' : ' '}`
      : row.kind,
  )

test('[WEB12] messages of one person within five minutes stand together; a day begins with its name', () => {
  const items = [
    sent(1),
    sent(2, { at: '2026-11-21T10:04:59.000Z' }),
    sent(3, { at: '2026-11-21T10:09:59.000Z' }),
    sent(4, { by: ada, at: '2026-11-21T10:10:00.000Z' }),
    sent(5, { at: '2026-11-23T10:10:00.000Z' }),
  ]
  expect(shapeOf(items)).toEqual(['beginning', 'day', '[c1 ', ' c2]', '[c3]', '[c4]', 'day', '[c5]'])
})

test('[WEB13] the divider stands before the first message of another after the read cursor', () => {
  const items = [sent(1), sent(2, { by: ada }), sent(3), sent(4)]
  expect(shapeOf(items, 1)).toEqual(['beginning', 'day', '[c1]', '[c2]', 'unread', '[c3 ', ' c4]'])
  expect(shapeOf(items, 4)).not.toContain('unread')
})

test('[WEB14] a message keeps its row from the outbox to the log', () => {
  const pending: TimelineItem = {
    status: 'sending',
    clientId: 'c7',
    text: 'message 7',
    createdAt: '2026-11-21T10:00:00.000Z',
  }
  const keyIn = (item: TimelineItem) =>
    rowsOf([item], { hasEarlier: true, myId: ada, unreadAfter: undefined }).at(-1)?.key
  expect(keyIn(pending)).toBe(keyIn(sent(7, { by: ada })))
  expect(keyIn(pending)).not.toBe(keyIn(sent(7, { by: ben })))
})
