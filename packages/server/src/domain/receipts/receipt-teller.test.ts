import { expect, test } from 'bun:test'
import { conversationId, userId } from '@confab/protocol/ids'
import type { Receipt } from '@confab/protocol/pushes'
import { openMemoryBus } from '../../drivers/memory/bus.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import { conversationChannel, userChannel } from '../delivery/channels.ts'
import { openReceiptTeller } from './receipt-teller.ts'

const id = conversationId.parse('01900000-0000-7000-8000-0000000000c0')
const ana = userId.parse('01900000-0000-7000-8000-00000000000a')
const readAt = '2026-01-01T00:00:00.000Z'
const receipt = (readSeq: number): Receipt => ({
  conversationId: id,
  userId: ana,
  readSeq,
  readAt,
  mine: { unread: 0, mentions: 0, head: readSeq },
})

async function setUp() {
  const clock = manualClock()
  const bus = openMemoryBus()
  const own: unknown[] = []
  const others: unknown[] = []
  await bus.subscribe([userChannel(ana)], ({ body }) => own.push(JSON.parse(body).params))
  await bus.subscribe([conversationChannel(id)], ({ body }) => others.push(JSON.parse(body).params))
  return { clock, own, others, teller: openReceiptTeller({ bus, clock }) }
}

test('[RECEIPT1] a cursor that moves often is told once in a while, at its latest', async () => {
  const { clock, own, teller } = await setUp()
  for (const seq of [1, 2, 3]) teller.tell(receipt(seq), true)
  clock.advance(250)
  teller.tell(receipt(4), true)
  clock.advance(250)
  expect(own).toEqual([receipt(3), receipt(4)])
})

test('[RECEIPT2] others hear of it without what is one’s own, and not at all in a large conversation', async () => {
  const { clock, own, others, teller } = await setUp()
  teller.tell(receipt(1), true)
  clock.advance(250)
  teller.tell(receipt(2), false)
  clock.advance(250)
  expect(others).toEqual([{ conversationId: id, userId: ana, readSeq: 1, readAt }])
  expect(own).toEqual([receipt(1), receipt(2)])
})

test('[RECEIPT3] read and delivered that move together are told together, and what is left on closing too', async () => {
  const { own, teller } = await setUp()
  teller.tell(receipt(1), true)
  teller.tell({ conversationId: id, userId: ana, deliveredSeq: 2, deliveredAt: readAt }, true)
  teller[Symbol.dispose]()
  expect(own).toEqual([{ ...receipt(1), deliveredSeq: 2, deliveredAt: readAt }])
})

test('[RECEIPT5] each conversation’s are told a quarter of a second after its first, whatever others do', async () => {
  const { clock, own, teller } = await setUp()
  const other = conversationId.parse('01900000-0000-7000-8000-0000000000c1')
  teller.tell(receipt(1), true)
  clock.advance(100)
  teller.tell({ ...receipt(7), conversationId: other }, true)
  clock.advance(150)
  expect(own).toEqual([receipt(1)])
  clock.advance(100)
  expect(own).toEqual([receipt(1), { ...receipt(7), conversationId: other }])
})
