import { expect, test } from 'bun:test'
import { encodePush } from '@confab/protocol/frames'
import { conversationId, userId } from '@confab/protocol/ids'
import type { Receipt } from '@confab/protocol/pushes'
import { manualClock } from '../../lib/manual-clock.ts'
import { openCursorGate } from './cursor-gate.ts'

const id = conversationId.parse('01900000-0000-7000-8000-0000000000c0')
const ana = userId.parse('01900000-0000-7000-8000-00000000000a')
const ben = userId.parse('01900000-0000-7000-8000-00000000000b')
const frame = (of: typeof ana, moved: Partial<Receipt>) =>
  encodePush('receipt', { conversationId: id, userId: of, ...moved })

test('[RECEIPT6] what another node told later of a cursor is not taken back by one that tells late', () => {
  const gate = openCursorGate({ clock: manualClock() })
  const seven = frame(ana, { readSeq: 7, readAt: '2026-01-01T00:00:07.000Z' })
  const told = [seven, frame(ana, { readSeq: 4 }), frame(ben, { readSeq: 4 }), seven]
  expect(told.map((one) => gate.pass(one))).toEqual([seven, undefined, frame(ben, { readSeq: 4 }), seven])
})

test('[RECEIPT6] of a frame that tells of both cursors the half that goes forward passes', () => {
  const gate = openCursorGate({ clock: manualClock() })
  const mine = { unread: 1, mentions: 0, head: 9 }
  gate.pass(frame(ana, { readSeq: 7, deliveredSeq: 8 }))
  expect(gate.pass(frame(ana, { readSeq: 6, deliveredSeq: 9, mine }))).toBe(frame(ana, { deliveredSeq: 9 }))
  expect(gate.pass(frame(ana, { readSeq: 8, deliveredSeq: 8, mine }))).toBe(frame(ana, { readSeq: 8, mine }))
})

test('[RECEIPT4] what a node tells of somebody after they left is not passed on; who is back is told of anew', () => {
  const gate = openCursorGate({ clock: manualClock() })
  gate.left({ conversationId: id, userId: ana, seq: 9 })
  expect(gate.pass(frame(ana, { readSeq: 8 }))).toBeUndefined()
  expect(gate.pass(frame(ana, { readSeq: 12 }))).toBe(frame(ana, { readSeq: 12 }))
})

test('[RECEIPT6] what was told is known for a minute at least, and then forgotten', () => {
  const clock = manualClock()
  const gate = openCursorGate({ clock })
  const past = frame(ben, { readSeq: 1 })
  gate.pass(frame(ben, { readSeq: 2 }))
  clock.advance(60_000)
  expect(gate.pass(past)).toBeUndefined()
  for (let minute = 0; minute < 3; minute++) {
    clock.advance(60_001)
    gate.pass(frame(ana, { readSeq: 1 }))
  }
  expect(gate.pass(past)).toBe(past)
})
