import { expect, test } from 'bun:test'
import { twoInAGroup } from '../test/world.ts'

const hourMs = 3_600_000

test.each([-hourMs, hourMs])('[SDK141] a clock set by %d ms hides no dead link', async (offMs) => {
  const { world, device, chat } = await twoInAGroup()
  device.setClock(offMs)
  device.network.up = false
  await world.pass(60_000)
  expect(chat.status.get().status).not.toBe('online')
  device.network.up = true
  await world.pass(60_000)
  expect(chat.status.get()).toEqual({ status: 'online' })
})

test('[SDK141] with a clock that was set back, what has come is told all the same', async () => {
  const { world, server, bob, group, device } = await twoInAGroup()
  const told = () => server.calls.filter(({ method }) => method === 'delivered').length
  server.send(group.id, bob.id, 'before', 'b')
  await world.pass(2_000)
  expect(told()).toBe(1)
  device.setClock(-hourMs)
  server.send(group.id, bob.id, 'after', 'a')
  await world.pass(2_000)
  expect(told()).toBe(2)
})
