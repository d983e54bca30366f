import { expect, test } from 'bun:test'
import { Refusal } from '@confab/protocol/refusal'
import { calm } from '../test/fake-network.ts'
import { textsOf } from '../test/texts.ts'
import { twoInAGroup } from '../test/world.ts'
import { memoryOutbox } from './memory-outbox.ts'

test('[SDK40] a message shows at once, goes out in order, and is in the timeline once at every moment', async () => {
  const { world, chat, handle } = await twoInAGroup()
  handle.open()
  const seen: string[][] = []
  handle.timeline.subscribe(() => seen.push(textsOf(handle.timeline.get())))
  const sent = ['a', 'b', 'c'].map((text) => handle.send(text).sent)
  expect(textsOf(handle.timeline.get())).toEqual(['sending: a', 'sending: b', 'sending: c'])
  await world.pass()
  expect((await Promise.all(sent)).map(({ seq }) => seq)).toEqual([3, 4, 5])
  expect(textsOf(handle.timeline.get())).toEqual(['a', 'b', 'c'])
  for (const texts of seen) expect(texts.map((text) => text.at(-1)).join('')).toBe('abc')
  expect(chat.conversations.get()[0]?.unread).toBe(0)
})

test('[SDK41] when the reply is lost after the commit, the message is sent again and stored once', async () => {
  const { world, ann, group, handle, device } = await twoInAGroup()
  device.network.weather = { ...calm, breaksAfterCall: () => true }
  const { sent } = handle.send('once')
  await world.pass(20)
  expect(group.messages(ann.id).map(({ text }) => text)).toEqual(['once'])
  device.network.weather = calm
  await world.pass(10_000)
  expect((await sent).seq).toBe(3)
  expect(group.messages(ann.id)).toHaveLength(1)
  expect(textsOf(handle.timeline.get())).toEqual(['once'])
})

test('[SDK42] the event settles a message whose reply never comes', async () => {
  const { world, server, ann, group, handle } = await twoInAGroup()
  server.temper.refuse.set('message.send', [new Refusal('overloaded', { retryAfterMs: 60_000 })])
  const { clientId, sent } = handle.send('by another way')
  await world.pass(50)
  server.send(group.id, ann.id, 'by another way', clientId)
  await world.pass(50)
  expect((await sent).seq).toBe(3)
  expect(textsOf(handle.timeline.get())).toEqual(['by another way'])
})

test('[SDK43] told to wait, it waits and goes again, and those behind keep their place', async () => {
  const { world, server, handle } = await twoInAGroup()
  const wait = new Refusal('rate_limited', { retryAfterMs: 5_000 })
  server.temper.refuse.set('message.send', [wait, wait])
  handle.send('first')
  handle.send('second')
  await world.pass(9_000)
  expect(textsOf(handle.timeline.get())).toEqual(['sending: first', 'sending: second'])
  await world.pass(3_000)
  expect(textsOf(handle.timeline.get())).toEqual(['first', 'second'])
})

test('[SDK44] refused for good it says why, lets the others go, and can be sent again or discarded', async () => {
  const { world, server, handle } = await twoInAGroup()
  const refusal = new Refusal('forbidden', { detail: 'Only admins write here' })
  server.temper.refuse.set('message.send', [refusal, refusal])
  const first = handle.send('first')
  const second = handle.send('second')
  const third = handle.send('third')
  const refused = first.sent.catch((error: unknown) => error)
  await world.pass()
  expect(await refused).toMatchObject({ code: 'forbidden', detail: 'Only admins write here' })
  await third.sent
  expect(textsOf(handle.timeline.get())).toEqual(['third', 'failed: first', 'failed: second'])
  handle.discard(second.clientId)
  handle.retry(first.clientId)
  await world.pass()
  expect(textsOf(handle.timeline.get())).toEqual(['third', 'first'])
})

test('[SDK45] what was not sent outlives the connection and the page, in order', async () => {
  const { world, ann, group, handle, chat, device } = await twoInAGroup()
  const outbox = memoryOutbox()
  await chat.close()
  const page = world.device(ann, { outbox })
  await world.pass()
  page.network.up = false
  page.network.cutAll()
  for (const text of ['a', 'b']) page.chat.conversation(group.id).send(text)
  await world.pass()
  await page.chat.close()
  const reloaded = world.device(ann, { outbox })
  reloaded.chat.conversation(group.id).send('c')
  await world.pass()
  expect(group.messages(ann.id).map(({ text }) => text)).toEqual(['a', 'b', 'c'])
  expect(await outbox.load(ann.id)).toEqual([])
  expect(textsOf(reloaded.chat.conversation(group.id).timeline.get())).toEqual(['a', 'b', 'c'])
  expect(textsOf(handle.timeline.get())).toEqual([])
  expect(device.logged).toEqual([])
})

test('[SDK46] nobody sends what another person left in the outbox', async () => {
  const { world, ann, bob, group, chat } = await twoInAGroup()
  await chat.close()
  const outbox = memoryOutbox()
  await outbox.put(ann.id, {
    conversationId: group.id,
    clientId: 'left',
    text: 'of Ann',
    createdAt: 1,
    number: 1,
  })
  const device = world.device(bob, { outbox })
  await world.pass()
  expect(device.chat.me.get()?.name).toBe('Bob')
  expect(group.messages(bob.id)).toEqual([])
})

test('[SDK49] connected again, what waits goes out beside the sync, but not into another history', async () => {
  const beforeTheSyncIsAnswered = async (epoch: string) => {
    const { world, server, handle, device } = await twoInAGroup()
    server.epoch = epoch
    device.network.cutAll()
    await world.pass(0)
    handle.send('waits')
    device.network.weather = { ...calm, delayMs: () => 50 }
    const asked = server.calls.length
    const since = () => server.calls.slice(asked).map(({ method }) => method)
    while (!since().includes('sync')) await world.pass(1)
    await world.pass(40)
    const early = since()
    await world.pass(1_000)
    expect(textsOf(handle.timeline.get())).toEqual(['waits'])
    return early
  }
  expect(await beforeTheSyncIsAnswered('first')).toEqual(['auth', 'message.send', 'sync'])
  expect(await beforeTheSyncIsAnswered('second')).toEqual(['auth', 'sync'])
})
