import { expect, test } from 'bun:test'
import { Refusal } from '@confab/protocol/refusal'
import { World } from '../test/world.ts'

test('[SDK82] presence is watched while anything listens, in one call for many, and again after a reconnect', async () => {
  const world = new World()
  const { server } = world
  const ann = server.addUser('Ann')
  const others = Array.from({ length: 30 }, (_, index) => server.addUser(`Other ${index}`))
  const { chat, network } = world.device(ann)
  const releases = others.map(({ id }) => chat.presence(id).subscribe(() => undefined))
  const [first] = others
  if (!first) throw new Error('one other')
  await world.pass()
  const calls = (wanted: string) => server.calls.filter(({ method }) => method === wanted).length
  expect(calls('presence.watch')).toBe(1)
  server.presence(first.id, 'online')
  await world.pass()
  expect(chat.presence(first.id).get().status).toBe('online')

  network.cutAll()
  await world.pass(1)
  // Nobody tells any more whether they still are.
  expect(chat.presence(first.id).get().status).toBe('offline')
  await world.pass(5_000)
  expect(calls('presence.watch')).toBe(2)
  expect(chat.presence(first.id).get().status).toBe('online')

  for (const release of releases) release()
  await world.pass(5_000)
  expect(calls('presence.unwatch')).toBe(1)
})

test('[SDK82] … and again where the call was refused for a while', async () => {
  const world = new World()
  const { server } = world
  const [ann, bob] = [server.addUser('Ann'), server.addUser('Bob')]
  const { chat } = world.device(ann)
  server.temper.refuse.set('presence.watch', [new Refusal('overloaded', { retryAfterMs: 1_000 })])
  server.presence(bob.id, 'online')
  chat.presence(bob.id).subscribe(() => undefined)
  await world.pass(500)
  expect(chat.presence(bob.id).get().status).toBe('offline')
  await world.pass(60_000)
  expect(chat.presence(bob.id).get().status).toBe('online')
})
