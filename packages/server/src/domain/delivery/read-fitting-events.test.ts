import { expect, test } from 'bun:test'
import { conversationId, userId } from '@confab/protocol/ids'
import { replyBytesMax } from './fitting.ts'
import { readFittingEvents } from './read-fitting-events.ts'

const id = '01a1fd57-66e8-7312-8193-94c3ef0cfc03'

/** A log of so many events that each hold a text of so many bytes, and how much of it was read. */
function logOf(length: number, bytes: number) {
  const counts = { reads: 0, rows: 0 }
  const data = { target: 1, text: 'x'.repeat(bytes), mentions: { userIds: [], all: false }, editedAt: '' }
  const log = Array.from({ length }, (_, index) => ({
    ...{ conversationId: conversationId.parse(id), seq: index + 1, at: '', actorId: userId.parse(id), data },
    type: 'message.edited' as const,
  }))
  async function read({ after, limit }: { after: number; limit: number }) {
    const events = log.slice(after, after + limit)
    counts.reads++
    counts.rows += events.length
    return { events, head: length }
  }
  return { counts, read }
}

test('[REST32] what is short is read whole, in two steps', async () => {
  const { counts, read } = logOf(600, 100)
  const { events, head } = await readFittingEvents(read, { after: 50, limit: 500 })
  expect([events[0]?.seq, events.length, events.at(-1)?.seq, head]).toEqual([51, 500, 550, 600])
  expect(counts).toEqual({ reads: 2, rows: 500 })
})

test('[REST32] of what is long little more is read than fits', async () => {
  for (const bytes of [5_000, 20_000]) {
    const { counts, read } = logOf(600, bytes)
    const { events } = await readFittingEvents(read, { after: 0, limit: 500 })
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    const held = Buffer.byteLength(JSON.stringify(events))
    expect(held).toBeLessThanOrEqual(replyBytesMax)
    expect(held).toBeGreaterThan(replyBytesMax - 2 * 21_000)
    expect(counts.rows).toBeLessThanOrEqual(Math.max(events.length + 2, 100))
  }
})
