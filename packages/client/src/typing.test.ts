import { expect, test } from 'bun:test'
import { twoInAGroup } from '../test/world.ts'

test('[SDK80] others are seen typing until they stop, send, or fall silent', async () => {
  const { world, server, bob, group, chat, handle } = await twoInAGroup()
  const typing = () => handle.typing.get()
  server.typing(group.id, bob.id, true)
  await world.pass(100)
  expect(typing()).toEqual([bob.id])
  expect(chat.conversations.get()[0]?.typing).toEqual([bob.id])
  server.typing(group.id, bob.id, false)
  await world.pass(100)
  expect(typing()).toEqual([])
  server.typing(group.id, bob.id, true)
  server.send(group.id, bob.id, 'typed', '1')
  await world.pass(100)
  expect(typing()).toEqual([])
  server.typing(group.id, bob.id, true)
  await world.pass(5_900)
  expect(typing()).toEqual([bob.id])
  await world.pass(200)
  expect(typing()).toEqual([])
})

test("[SDK81] one's own typing is told every 3 s at most, and that it stopped", async () => {
  const { world, server, handle } = await twoInAGroup()
  const told = () => server.calls.flatMap(({ method, params }) => (method === 'typing' ? [params] : []))
  for (let ms = 0; ms < 7_000; ms += 100) {
    handle.setTyping(true)
    await world.pass(100)
  }
  expect(told()).toHaveLength(3)
  await world.pass(5_100)
  expect(told()).toHaveLength(4)
  expect(told().at(-1)).toMatchObject({ typing: false })
})
