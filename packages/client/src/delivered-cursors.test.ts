import { expect, test } from 'bun:test'
import { twoInAGroup } from '../test/world.ts'

test('[SDK120] what has come is told, at most once a second a conversation, and its sender sees it', async () => {
  const { world, server, ann, bob, group, handle, chat } = await twoInAGroup()
  const told = () => server.calls.filter(({ method }) => method === 'delivered').map(({ params }) => params)
  const { sent } = handle.send('to Bob')
  await world.pass()
  const message = await sent
  expect(handle.deliveryOf(message)).toBe('sent')
  expect(told()).toEqual([])
  const bobs = world.device(bob)
  await world.pass()
  expect(told()).toEqual([{ conversationId: group.id, seq: message.seq }])
  expect(handle.deliveryOf(message)).toBe('delivered')
  for (let count = 0; count < 30; count++) {
    server.send(group.id, ann.id, 'more', `more-${count}`)
    await world.pass(100)
  }
  await world.pass()
  expect(told().length).toBeLessThanOrEqual(5)
  expect(told().at(-1)).toEqual({ conversationId: group.id, seq: group.head })
  bobs.chat.conversation(group.id).read()
  await world.pass()
  expect(handle.deliveryOf(message)).toBe('read')
  expect(chat.conversations.get()[0]?.unread).toBe(0)
})

test('[SDK121] who is invisible tells nothing, and all of it when visible again', async () => {
  const { world, server, bob, group, device } = await twoInAGroup()
  const told = () => server.calls.filter(({ method }) => method === 'delivered').length
  const hidden = device.chat.setStatus('invisible')
  await world.pass()
  await hidden
  server.send(group.id, bob.id, 'psst', 'p')
  await world.pass(5_000)
  expect(told()).toBe(0)
  const seen = device.chat.setStatus('online')
  await world.pass()
  await seen
  expect(told()).toBe(1)
})

test('[SDK122] of one’s own messages, what was read, and what another device has told, nothing is told', async () => {
  const { world, server, ann, bob, group, device, handle } = await twoInAGroup()
  const told = () => server.calls.filter(({ method }) => method === 'delivered').length
  handle.send('of mine')
  await world.pass()
  const second = world.device(ann)
  await world.pass()
  device.network.up = false
  server.send(group.id, bob.id, 'of Bob', 'b')
  await world.pass(3_000)
  expect(told()).toBe(1)
  device.network.up = true
  device.network.cutAll()
  await world.pass(30_000)
  expect(told()).toBe(1)
  await second.chat.close()
})
