import { expect, test } from 'bun:test'
import { closeCode } from '@confab/protocol/close-codes'
import { Refusal } from '@confab/protocol/refusal'
import { calm } from '../test/fake-network.ts'
import { textsOf } from '../test/texts.ts'
import { twoInAGroup } from '../test/world.ts'
import { Dropped } from './dropped.ts'

/** Ann has said something, and looks at it. */
async function oneMessage() {
  const made = await twoInAGroup()
  const { world, handle } = made
  const { sent } = handle.send('first words')
  handle.open()
  await world.pass()
  const { seq } = await sent
  const shown = () => {
    const [item] = handle.timeline.get().items
    return item?.status === 'sent' ? item.message : undefined
  }
  const called = () => made.server.calls.filter(({ method }) => /^message\.(?!send)/.test(method))
  return { ...made, seq, shown, called }
}

test('[SDK100] an edit, a reaction and a pin show at once, everywhere, and are settled by their events', async () => {
  const { world, ann, group, chat, handle, seq, shown } = await oneMessage()
  const done = [handle.edit(seq, 'other words'), handle.react(seq, '👍'), handle.pin(seq)]
  const atOnce = shown()
  expect(atOnce).toMatchObject({
    text: 'other words',
    reactions: [{ emoji: '👍', count: 1, mine: true }],
    pinned: true,
  })
  expect(chat.conversations.get()[0]?.lastMessage).toEqual(atOnce ?? null)
  expect(group.message(seq)?.text).toBe('first words')
  await world.pass()
  await Promise.all(done)
  expect(shown()).toEqual(group.messages(ann.id)[0])
  expect(shown()).toMatchObject({ text: 'other words', pinned: true })
})

test('[SDK101] what is refused shows as before, and says why; what was done after it stays', async () => {
  const { world, server, handle, seq, shown } = await oneMessage()
  server.temper.refuse.set('message.edit', [new Refusal('forbidden', { detail: 'Too late' })])
  const refused = handle.edit(seq, 'refused').catch((error: unknown) => error)
  const reacted = handle.react(seq, '🎉')
  expect(shown()?.text).toBe('refused')
  await world.pass()
  expect(await refused).toMatchObject({ code: 'forbidden', detail: 'Too late' })
  await reacted
  expect(shown()).toMatchObject({
    text: 'first words',
    editedAt: null,
    reactions: [{ emoji: '🎉', count: 1 }],
  })
})

test('[SDK102] several on one message are told one after the other, and show the last meanwhile', async () => {
  const { world, group, handle, seq, shown } = await oneMessage()
  const texts: (string | undefined)[] = []
  handle.timeline.subscribe(() => texts.push(shown()?.text))
  for (const text of ['a', 'b', 'c']) void handle.edit(seq, text)
  void handle.react(seq, '👍')
  void handle.unreact(seq, '👍')
  await world.pass()
  expect(group.log.slice(seq).map(({ type }) => type)).toEqual([
    'message.edited',
    'message.edited',
    'message.edited',
    'reaction.added',
    'reaction.removed',
  ])
  expect(new Set(texts)).toEqual(new Set(['c']))
  expect(shown()).toMatchObject({ text: 'c', reactions: [] })
})

test('[SDK103] cut off before the answer, it still shows, and the event that is caught up with settles it', async () => {
  const { world, group, handle, device, seq, shown, called } = await oneMessage()
  device.network.weather = { ...calm, breaksAfterCall: () => true, fateOfPush: () => 'drop' }
  const done = handle.react(seq, '👍')
  await world.pass(20)
  expect(group.message(seq)?.reactions).toHaveLength(1)
  expect(shown()?.reactions).toEqual([{ emoji: '👍', count: 1, mine: true }])
  device.network.weather = calm
  await world.pass(10_000)
  await done
  expect(called()).toHaveLength(1)
  expect(shown()?.reactions).toEqual([{ emoji: '👍', count: 1, mine: true }])
})

test('[SDK104] done out of reach, it is told when the server is back, which may say that it was so already', async () => {
  const { world, server, ann, group, handle, device, seq, shown, called } = await oneMessage()
  device.network.up = false
  device.network.cutAll()
  await world.pass()
  const done = [handle.pin(seq), handle.edit(seq, 'from the train')]
  expect(shown()).toMatchObject({ pinned: true, text: 'from the train' })
  server.act(group.id, ann.id, 'message.pinned', { target: seq })
  device.network.up = true
  await world.pass(30_000)
  await Promise.all(done)
  expect(called().map(({ method }) => method)).toEqual(['message.pin', 'message.edit'])
  expect(group.log.filter(({ type }) => type === 'message.pinned')).toHaveLength(1)
  expect(shown()).toEqual(group.messages(ann.id)[0])
})

test('[SDK105] told to wait it waits; deleted by another meanwhile, the message stays deleted', async () => {
  const { world, server, ann, group, handle, seq, shown } = await oneMessage()
  server.temper.refuse.set('message.react', [new Refusal('rate_limited', { retryAfterMs: 5_000 })])
  const reacted = handle.react(seq, '👍').catch((error: unknown) => error)
  await world.pass(4_000)
  expect(shown()?.reactions).toHaveLength(1)
  const deletedAt = new Date(world.clock.now()).toISOString()
  server.act(group.id, ann.id, 'message.deleted', { target: seq, deletedAt })
  await world.pass(100)
  expect(shown()).toMatchObject({ text: '', reactions: [], deletedAt })
  await world.pass(10_000)
  expect(await reacted).toMatchObject({ code: 'conflict' })
})

test('[SDK106] another epoch drops what was not told', async () => {
  const { world, server, handle, device, seq, called } = await oneMessage()
  device.network.up = false
  device.network.cutAll()
  await world.pass()
  const dropped = handle.delete(seq).catch((error: unknown) => error)
  server.epoch = 'second'
  device.network.up = true
  server.closeAll(closeCode.draining)
  await world.pass(30_000)
  expect(await dropped).toBeInstanceOf(Dropped)
  expect(called()).toEqual([])
})

test('[SDK107] a forward goes through the outbox, and shows who wrote it', async () => {
  const { world, server, ann, bob, group, chat, handle } = await twoInAGroup()
  const other = server.create(ann.id, [], 'Notes')
  const seq = server.send(group.id, bob.id, 'of Bob', 'bobs')?.seq ?? 0
  await world.pass()
  const notes = chat.conversation(other.id)
  const { sent } = handle.forward(seq, other.id)
  expect(notes.timeline.get().items).toMatchObject([
    { status: 'sending', text: 'of Bob', forwardedFrom: { senderId: bob.id } },
  ])
  await world.pass()
  expect(await sent).toMatchObject({ text: 'of Bob', senderId: ann.id, forwardedFrom: { senderId: bob.id } })
  expect(textsOf(notes.timeline.get())).toEqual(['of Bob'])
})
