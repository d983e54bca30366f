import { expect, test } from 'bun:test'
import { conversationId, userId } from '@confab/protocol/ids'
import { openMemoryBus } from '../../drivers/memory/bus.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import { conversationChannel } from '../delivery/channels.ts'
import { openTypingBoard } from './typing-board.ts'

const id = conversationId.parse('01900000-0000-7000-8000-0000000000c0')
const ana = userId.parse('01900000-0000-7000-8000-00000000000a')

async function setUp() {
  const clock = manualClock()
  const bus = openMemoryBus()
  const told: boolean[] = []
  await bus.subscribe([conversationChannel(id)], ({ body }) => told.push(JSON.parse(body).params.typing))
  return { clock, told, board: openTypingBoard({ bus, clock }) }
}

test('[TYPING1] typing stops by itself after 5 s without another sign', async () => {
  const { clock, told, board } = await setUp()
  board.set(id, ana, true)
  clock.advance(4_000)
  board.set(id, ana, true)
  clock.advance(4_900)
  expect(told).toEqual([true, true])
  clock.advance(600)
  expect(told).toEqual([true, true, false])
})

test('[TYPING3] who goes on typing is told of again every 2 s, however often they say so', async () => {
  const { clock, told, board } = await setUp()
  for (let count = 0; count < 40; count++) {
    board.set(id, ana, true)
    clock.advance(100)
  }
  expect(told).toEqual([true, true])
})

test('[TYPING2] who stops is told at once and once; who never typed is not told of', async () => {
  const { clock, told, board } = await setUp()
  board.set(id, ana, false)
  board.set(id, ana, true)
  board.set(id, ana, false)
  clock.advance(10_000)
  expect(told).toEqual([true, false])
})
