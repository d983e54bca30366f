import { expect, test } from 'bun:test'
import { textsOf } from '../test/texts.ts'
import { twoInAGroup } from '../test/world.ts'

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`)

async function withHistory(count: number) {
  const scene = await twoInAGroup()
  await scene.chat.close()
  const { world, server, ann, bob, group } = scene
  for (const text of numbers(1, count)) server.send(group.id, bob.id, text, text)
  const device = world.device(ann)
  await world.pass()
  const handle = device.chat.conversation(group.id)
  return { ...scene, device, chat: device.chat, handle }
}

test('[SDK60] opened, a conversation loads its latest page, and earlier ones as they are wanted', async () => {
  const { world, handle } = await withHistory(120)
  expect(handle.timeline.get()).toMatchObject({ state: 'empty', hasEarlier: true })
  const release = handle.open()
  expect(handle.timeline.get().state).toBe('loading')
  await world.pass()
  expect(textsOf(handle.timeline.get())).toEqual(numbers(70, 120))
  for (const [from, hasEarlier] of [
    [20, true],
    [1, false],
    [1, false],
  ] as const) {
    const loaded = handle.loadEarlier()
    await world.pass()
    await loaded
    expect(textsOf(handle.timeline.get())).toEqual(numbers(from, 120))
    expect(handle.timeline.get()).toMatchObject({ hasEarlier, state: 'ready' })
  }
  release()
  expect(textsOf(handle.timeline.get())).toEqual(numbers(71, 120))
  expect(handle.timeline.get()).toMatchObject({ hasEarlier: true, state: 'ready' })
})

test('[SDK61] a page from a replica that is behind is brought up to date, or asked for again', async () => {
  const { world, server, bob, group, handle } = await withHistory(40)
  const edited = {
    mentions: { userIds: [], all: false },
    editedAt: new Date(world.clock.now()).toISOString(),
  }
  server.temper.historyLag = 20
  for (const target of [10, 11])
    server.act(group.id, bob.id, 'message.edited', { ...edited, target, text: 'new' })
  await world.pass()
  handle.open()
  await world.pass()
  const texts = textsOf(handle.timeline.get())
  expect(texts).toHaveLength(40)
  expect(texts.slice(7, 9)).toEqual(['new', 'new'])
  expect(server.calls.filter(({ method }) => method === 'history').map(({ params }) => params)).toEqual([
    { conversationId: group.id, limit: 50, before: 42 },
    { conversationId: group.id, limit: 50, before: 42, minHead: 44 },
  ])
})

test('[SDK62] what happens while a page is on its way is in it', async () => {
  const { world, server, bob, group, handle, device } = await withHistory(40)
  device.network.weather = { delayMs: () => 10, fateOfPush: () => 'deliver', breaksAfterCall: () => false }
  handle.open()
  await world.pass(12)
  const deletedAt = new Date(world.clock.now()).toISOString()
  server.act(group.id, bob.id, 'message.deleted', { target: 10, deletedAt })
  server.send(group.id, bob.id, '41', '41')
  await world.pass()
  expect(textsOf(handle.timeline.get())).toEqual(numbers(1, 41).map((text) => (text === '8' ? '' : text)))
  expect(server.calls.filter(({ method }) => method === 'history')).toHaveLength(1)
})

test('[SDK63] a page that could not be had says so, and is had when the connection is back', async () => {
  const { world, handle, device } = await withHistory(40)
  device.network.up = false
  handle.open()
  await world.pass(20_000)
  expect(handle.timeline.get()).toMatchObject({ state: 'failed', error: 'history: no answer in time' })
  device.network.up = true
  await world.pass(60_000)
  expect(handle.timeline.get()).toMatchObject({ state: 'ready', hasEarlier: false })
})

test("[SDK64] a conversation that is not the user's says so", async () => {
  const { world, chat } = await withHistory(1)
  const handle = chat.conversation('no such thing')
  handle.open()
  await world.pass()
  expect(handle.timeline.get()).toMatchObject({ state: 'failed', items: [] })
  expect(handle.info.get()).toBeUndefined()
})
