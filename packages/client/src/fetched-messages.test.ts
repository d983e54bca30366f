import { expect, test } from 'bun:test'
import { twoInAGroup } from '../test/world.ts'

/** More messages than a copy keeps; the first is not held. */
async function longAgo() {
  const made = await twoInAGroup()
  const { world, server, bob, group, chat } = made
  await chat.close()
  const seq = server.send(group.id, bob.id, 'long ago', 'b0')?.seq ?? 0
  for (let count = 1; count <= 120; count++) server.send(group.id, bob.id, `text ${count}`, `b${count}`)
  const device = world.device(made.ann)
  await world.pass()
  const handle = device.chat.conversation(group.id)
  const asked = () => server.calls.filter(({ method }) => method === 'history').length
  return { ...made, seq, device, handle, asked }
}

test('[SDK110] a quoted message that is not held is fetched, once for all who look', async () => {
  const { world, handle, seq, asked } = await longAgo()
  const quote = handle.message(seq)
  quote.subscribe(() => undefined)
  handle.message(seq).subscribe(() => undefined)
  expect(quote.get()).toBeUndefined()
  await world.pass()
  expect([quote.get()?.text, asked()]).toEqual(['long ago', 1])
  expect(handle.message(seq)).toBe(quote)
})

test('[SDK111] a quote follows the edits and the deletion of its target, and what is done to it here', async () => {
  const { world, server, bob, group, handle, seq, asked } = await longAgo()
  const quote = handle.message(seq)
  quote.subscribe(() => undefined)
  await world.pass()
  const at = new Date(world.clock.now()).toISOString()
  const mentions = { userIds: [], all: false }
  server.act(group.id, bob.id, 'message.edited', { target: seq, text: 'edited', mentions, editedAt: at })
  await world.pass()
  expect(quote.get()?.text).toBe('edited')
  void handle.react(seq, '👍')
  expect(quote.get()?.reactions).toEqual([{ emoji: '👍', count: 1, mine: true }])
  await world.pass()
  server.act(group.id, bob.id, 'message.deleted', { target: seq, deletedAt: at })
  await world.pass()
  expect(quote.get()).toMatchObject({ text: '', deletedAt: at })
  expect(asked()).toBe(1)
})

test('[SDK112] after a long absence a quote is fetched again', async () => {
  const { world, server, bob, group, handle, seq, device, asked } = await longAgo()
  const quote = handle.message(seq)
  quote.subscribe(() => undefined)
  await world.pass()
  device.network.up = false
  device.network.cutAll()
  const at = new Date(world.clock.now()).toISOString()
  server.act(group.id, bob.id, 'message.deleted', { target: seq, deletedAt: at })
  for (let count = 0; count < 600; count++) server.send(group.id, bob.id, 'more', `m${count}`)
  device.network.up = true
  await world.pass(60_000)
  expect(quote.get()).toMatchObject({ text: '', deletedAt: at })
  expect(asked()).toBe(2)
})

test('[SDK113] what is no message stays unknown, and is asked for once at most', async () => {
  const { world, handle, asked } = await longAgo()
  for (const seq of [1, 1_000]) handle.message(seq).subscribe(() => undefined)
  await world.pass(10_000)
  expect([handle.message(1).get(), handle.message(1_000).get(), asked()]).toEqual([undefined, undefined, 1])
})
