import { expect, test } from 'bun:test'
import { twoInAGroup } from '../test/world.ts'
import { composeTimeline } from './compose-timeline.ts'
import { beginAt } from './local-conversation.ts'
import type { OutboxItem } from './outbox-lines.ts'

const ready = { state: 'ready' } as const

async function oneMessage() {
  const { server, ann, group } = await twoInAGroup()
  server.send(group.id, ann.id, 'mine', 'client-a')
  const conversation = group.seenBy(ann.id)
  const local = beginAt({ conversation, rev: 1 })
  const [message] = group.messages(ann.id)
  if (!message) throw new Error('one message')
  const entry = { conversationId: group.id, clientId: 'client-a', text: 'mine', createdAt: 0, number: 1 }
  const sending: OutboxItem = { entry, state: { status: 'sending' } }
  return { ann, local, message, sending }
}

test('[SDK47] a message that the copy holds is not shown a second time as on its way', async () => {
  const { ann, local, message, sending } = await oneMessage()
  const timeline = composeTimeline(undefined, local, [sending], ready, ann.id)
  expect(timeline.items).toEqual([{ status: 'sent', message }])
})

test('[SDK48] a message whose reply came before its event stands after what is held, before what waits', async () => {
  const { ann, local, message, sending } = await oneMessage()
  const later = { ...message, seq: 9, clientId: 'client-b' }
  const stored: OutboxItem = {
    entry: { ...sending.entry, clientId: 'client-b' },
    state: { status: 'stored', message: later },
  }
  const waiting: OutboxItem = { ...sending, entry: { ...sending.entry, clientId: 'client-c', text: 'next' } }
  const timeline = composeTimeline(undefined, local, [waiting, stored], ready, ann.id)
  expect(timeline.items).toEqual([
    { status: 'sent', message },
    { status: 'sent', message: later },
    { status: 'sending', clientId: 'client-c', text: 'next', createdAt: '1970-01-01T00:00:00.000Z' },
  ])
})
