import { expect, test } from 'bun:test'
import { Refusal } from '@confab/protocol/refusal'
import { twoInAGroup } from '../test/world.ts'

async function aDevice() {
  const { world, server, chat, device } = await twoInAGroup()
  return {
    ...{ world, server, chat, device },
    told: () => server.calls.flatMap(({ method, params }) => (method === 'presence.set' ? [params] : [])),
    cutOff: () => {
      device.network.up = false
      device.network.cutAll()
      return world.pass()
    },
    comeBack: () => {
      device.network.up = true
      return world.pass(60_000)
    },
  }
}

test('[SDK84] a chosen status is told when it can be; away on each new connection for itself alone, what the server keeps once', async () => {
  const { world, chat, device, told, cutOff, comeBack } = await aDevice()
  await cutOff()
  await chat.setStatus('away')
  expect(told()).toEqual([])
  await comeBack()
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
  // Who hides is here: away is taken back, after that.
  expect(told().slice(2)).toEqual([{ status: 'invisible' }, { status: 'online', again: true }])
})

test('[SDK87] a device that nobody uses is away for itself alone, on each connection until it is used, and ends no choice', async () => {
  const { world, chat, device, told, cutOff, comeBack } = await aDevice()
  await cutOff()
  chat.setIdle(true)
  await comeBack()
  // Another device may have chosen to be invisible meanwhile.
  const away = { status: 'away', again: true }
  expect(told()).toEqual([away])
  device.network.cutAll()
  await world.pass(60_000)
  expect(told()).toEqual([away, away])
  chat.setIdle(false)
  await world.pass()
  const online = { status: 'online', again: true }
  expect(told()).toEqual([away, away, online])
  const chosen = chat.setStatus('away')
  await world.pass()
  await chosen
  chat.setIdle(true)
  chat.setIdle(false)
  device.network.cutAll()
  await world.pass(60_000)
  expect(told().slice(3)).toEqual([{ status: 'away' }, away])
})

test('[SDK88] a status that the server refuses for now is told again; one refused for good is not, and says so', async () => {
  const { world, server, chat, device, told, cutOff, comeBack } = await aDevice()
  const refuse = (...refusals: Refusal[]) => void server.temper.refuse.set('presence.set', refusals)
  await cutOff()
  await chat.setStatus('invisible')
  refuse(new Refusal('overloaded'))
  await comeBack()
  expect(told()).toEqual([{ status: 'invisible' }, { status: 'invisible' }])

  refuse(new Refusal('rate_limited', { retryAfterMs: 5_000 }))
  let isTold = false
  const chosen = chat.setStatus('online').then(() => {
    isTold = true
  })
  await world.pass()
  expect({ isTold, calls: told().slice(2) }).toEqual({ isTold: false, calls: [{ status: 'online' }] })
  await world.pass(5_000)
  await chosen
  expect(told().slice(2)).toEqual([{ status: 'online' }, { status: 'online' }])

  refuse(new Refusal('overloaded'))
  chat.setIdle(true)
  await world.pass(10_000)
  const away = { status: 'away', again: true }
  expect(told().slice(4)).toEqual([away, away])

  refuse(new Refusal('forbidden'))
  const refused = chat.setStatus('busy').catch((error: unknown) => error)
  await world.pass()
  expect(await refused).toMatchObject({ code: 'forbidden' })
  device.network.cutAll()
  await world.pass(60_000)
  expect(told().slice(6)).toEqual([{ status: 'busy' }, { status: 'online', again: true }])
})

test('[SDK88] … and who is cut off while it waits to be told again need not wait for it', async () => {
  const { server, world, chat, told, cutOff, comeBack } = await aDevice()
  server.temper.refuse.set('presence.set', [new Refusal('rate_limited', { retryAfterMs: 600_000 })])
  const chosen = chat.setStatus('invisible')
  await world.pass()
  await cutOff()
  await chosen
  await comeBack()
  expect(told()).toEqual([{ status: 'invisible' }, { status: 'invisible' }])
})

test('[SDK89] what is said of one’s presence goes out one after the other, the last word last', async () => {
  const { world, chat, device, told } = await aDevice()
  const { weather } = device.network
  device.network.weather = { ...weather, delayMs: () => 100 }
  chat.setIdle(true)
  const chosen = chat.setStatus('online')
  const hidden = chat.setStatus('invisible')
  await world.pass(150)
  expect(told()).toHaveLength(1)
  await world.pass()
  await Promise.all([chosen, hidden])
  expect(told().at(-1)).toEqual({ status: 'invisible' })
})

test('[SDK89] … and a status chosen out of reach before the sync', async () => {
  const { server, chat, cutOff, comeBack } = await aDevice()
  await cutOff()
  await chat.setStatus('invisible')
  const before = server.calls.length
  await comeBack()
  const methods = server.calls.slice(before).map(({ method }) => method)
  expect(methods.slice(0, 3)).toEqual(['auth', 'presence.set', 'sync'])
})
