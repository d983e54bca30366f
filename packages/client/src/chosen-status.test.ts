import { expect, test } from 'bun:test'
import { twoInAGroup } from '../test/world.ts'

test('[SDK84] a chosen status is told when it can be; away on each new connection for itself alone, what the server keeps once', async () => {
  const { world, server, chat, device } = await twoInAGroup()
  const told = () => server.calls.flatMap(({ method, params }) => (method === 'presence.set' ? [params] : []))
  device.network.up = false
  device.network.cutAll()
  await world.pass()
  await chat.setStatus('away')
  expect(told()).toEqual([])
  device.network.up = true
  await world.pass(60_000)
  expect(told()).toEqual([{ status: 'away' }])
  device.network.cutAll()
  await world.pass(60_000)
  // For that connection alone: another device may have chosen to be invisible since.
  expect(told()).toEqual([{ status: 'away' }, { status: 'away', again: true }])
  const chosen = chat.setStatus('invisible')
  await world.pass()
  await chosen
  device.network.cutAll()
  await world.pass(60_000)
  expect(told().slice(2)).toEqual([{ status: 'invisible' }])
})
