import { expect, test } from 'bun:test'
import { textsOf } from '../test/texts.ts'
import { twoInAGroup } from '../test/world.ts'

test('[SDK1] one sync tells everything, and what happens then arrives by itself', async () => {
  const { world, server, bob, group, chat, handle } = await twoInAGroup()
  expect(chat.status.get()).toEqual({ status: 'online' })
  expect(chat.ready.get()).toBe(true)
  expect(chat.me.get()?.name).toBe('Ann')
  expect(chat.conversations.get().map(({ conversation }) => conversation.name)).toEqual(['Friends'])

  server.send(group.id, bob.id, 'hello', 'bob-1')
  await world.pass()
  expect(textsOf(handle.timeline.get())).toEqual(['hello'])
  expect(chat.conversations.get()[0]?.unread).toBe(1)
})

test('[SDK3] a closed chat leaves no timer and no socket behind, and stays closed', async () => {
  const { world, chat, handle, device } = await twoInAGroup()
  handle.setTyping(true)
  handle.read()
  handle.open()
  handle.send('on its way')
  chat.presence(chat.me.get()?.id ?? '').subscribe(() => undefined)
  await chat.close()
  handle.setTyping(true)
  handle.read()
  handle.send('too late')
  await world.pass(100)
  expect(world.clock.waiting).toBe(0)
  expect(chat.status.get()).toEqual({ status: 'stopped', reason: 'closed' })
  const attempts = device.network.attempts
  chat.reconnect()
  device.wake()
  await world.pass(60_000)
  expect(device.network.attempts).toBe(attempts)
})

test('[SDK4] a bot hears each message of others once, in order, and answers', async () => {
  const { world, server, bob, group, chat, handle, device } = await twoInAGroup()
  chat.on('message', ({ message, conversation }) => {
    conversation.send(`heard ${message.text}`)
  })
  device.network.weather = { delayMs: () => 1, fateOfPush: () => 'repeat', breaksAfterCall: () => false }
  for (const text of ['one', 'two', 'three']) server.send(group.id, bob.id, text, text)
  await world.pass()
  expect(textsOf(handle.timeline.get())).toEqual([
    'one',
    'two',
    'three',
    'heard one',
    'heard two',
    'heard three',
  ])
})
