import { expect, test } from 'bun:test'
import { World } from '../test/world.ts'

test('[SDK83] people who are unknown are fetched together, once, and kept current', async () => {
  const world = new World()
  const { server } = world
  const ann = server.addUser('Ann')
  const strangers = Array.from({ length: 20 }, (_, index) => server.addUser(`Stranger ${index}`))
  const { chat } = world.device(ann)
  const values = strangers.map(({ id }) => chat.user(id))
  expect(values.map((value) => value.get())).toEqual(strangers.map(() => undefined))
  await world.pass()
  expect(values.map((value) => value.get()?.name)).toEqual(strangers.map(({ name }) => name))
  expect(server.fetched).toBe(1)

  const [friend] = strangers
  if (!friend) throw new Error('one stranger')
  const shared = server.create(ann.id, [friend.id], 'Shared')
  await world.pass()
  server.rename(friend.id, 'Friend')
  await world.pass()
  expect(chat.user(friend.id).get()?.name).toBe('Friend')
  expect(
    chat
      .conversation(shared.id)
      .members.get()
      .map(({ user }) => user.name),
  ).toEqual(['Ann', 'Friend'])
  server.rename(ann.id, 'Anna')
  await world.pass()
  expect(
    chat
      .conversation(shared.id)
      .members.get()
      .map(({ user }) => user.name),
  ).toEqual(['Anna', 'Friend'])
})
