import { expect, test } from 'bun:test'
import { closeCode } from '@confab/protocol/close-codes'
import { Refusal } from '@confab/protocol/refusal'
import { calm } from '../test/fake-network.ts'
import { textsOf } from '../test/texts.ts'
import { twoInAGroup } from '../test/world.ts'
import { socketOpensWithinMs, trySocketAgainMs, trySocketEveryMs } from './transports.ts'

/** Ann is where no WebSocket gets through; she has been online over a stream since. */
async function behindAWall() {
  const made = await twoInAGroup()
  const { world, device } = made
  device.network.socketsBlocked = true
  device.network.cutAll()
  await world.pass(30_000)
  return made
}

test('[SDK130] where sockets are blocked, a stream with calls beside it does all that a socket does', async () => {
  const { world, server, ann, bob, group, chat, handle, device } = await behindAWall()
  expect([chat.status.get(), device.network.streams.open]).toEqual([{ status: 'online' }, 1])
  handle.open()
  server.send(group.id, bob.id, 'pushed', 'b')
  const { sent } = handle.send('called')
  await world.pass()
  const { seq } = await sent
  const reacted = handle.react(seq, '👍')
  await world.pass()
  await reacted
  expect(textsOf(handle.timeline.get())).toEqual(['pushed', 'called'])
  expect(group.messages(ann.id).at(-1)?.reactions).toHaveLength(1)
  server.temper.refuse.set('message.edit', [new Refusal('forbidden')])
  const refused = handle.edit(seq, 'x').catch((error: unknown) => error)
  await world.pass()
  expect(await refused).toMatchObject({ code: 'forbidden' })
})

test('[SDK131] on a stream it says every 15 s that it is there, however much it hears', async () => {
  const { world, server, bob, group, chat } = await behindAWall()
  const pings = () => server.calls.filter(({ method }) => method === 'ping').length
  const before = pings()
  for (let count = 0; count < 60; count++) {
    server.send(group.id, bob.id, 'busy', `busy-${count}`)
    await world.pass(1_000)
  }
  expect(pings() - before).toBe(4)
  expect(chat.status.get()).toEqual({ status: 'online' })
})

test('[SDK132] a socket is tried every 5 minutes, beside the stream, and taken when it opens', async () => {
  const { world, chat, device } = await behindAWall()
  const seen: string[] = []
  chat.status.subscribe(() => seen.push(chat.status.get().status))
  await world.pass(trySocketEveryMs * 2 + 30_000)
  expect([seen, device.network.streams.open]).toEqual([[], 1])
  device.network.socketsBlocked = false
  await world.pass(trySocketEveryMs)
  expect([chat.status.get(), device.network.streams.open]).toEqual([{ status: 'online' }, 0])
  await chat.close()
  expect(world.clock.waiting).toBe(0)
})

test('[SDK138] woken on a stream it tries a socket at once, and never twice within 30 s', async () => {
  const { world, device, chat } = await behindAWall()
  await world.pass(trySocketAgainMs)
  const before = device.network.attempts
  const tried = () => device.network.attempts - before
  device.wake()
  await world.pass(10)
  expect(tried()).toBe(1)
  // A network that comes and goes, for two minutes.
  for (let ms = 0; ms < trySocketAgainMs * 4; ms += 100) {
    device.wake()
    await world.pass(100)
  }
  expect(tried()).toBe(5)
  expect([chat.status.get(), device.network.streams.open]).toEqual([{ status: 'online' }, 1])

  // Woken too early after a try that failed, it comes as soon as it may.
  device.network.socketsBlocked = false
  device.wake()
  await world.pass(trySocketAgainMs + 1_000)
  expect([chat.status.get(), device.network.streams.open]).toEqual([{ status: 'online' }, 0])
})

test('[SDK138] woken while a socket is being tried it tries no second one beside it, and gives that one up in time', async () => {
  const { world, device } = await behindAWall()
  await world.pass(trySocketAgainMs)
  const { network } = device
  device.wake()
  // Nothing but the socket is that slow: the stream is asked whether it lives, and says so.
  await world.pass(trySocketAgainMs - 10)
  device.wake()
  await world.pass(9)
  const before = network.attempts
  network.socketsBlocked = false
  network.weather = { ...calm, delayMs: () => 60_000 }
  await world.pass(1)
  network.weather = calm
  expect([network.openCount, network.attempts - before]).toEqual([2, 1])
  device.wake()
  await world.pass(socketOpensWithinMs)
  expect([network.openCount, network.attempts - before]).toEqual([1, 1])
})

test('[SDK138] a clock that is set back doesn’t put a hoped-for socket off', async () => {
  const { world, device } = await behindAWall()
  device.network.socketsBlocked = false
  device.setClock(-3_600_000)
  for (let ms = 0; ms < trySocketAgainMs + 5_000; ms += 1_000) {
    device.wake()
    await world.pass(1_000)
  }
  expect(device.network.streams.open).toBe(0)
})

test('[SDK133] a stream that is cut off is made good, by a socket if one opens', async () => {
  const { world, server, bob, group, chat, handle, device } = await behindAWall()
  device.network.cutAll()
  server.send(group.id, bob.id, 'missed', 'm')
  await world.pass(10_000)
  expect([textsOf(handle.timeline.get()), device.network.streams.open]).toEqual([['missed'], 1])
  device.network.socketsBlocked = false
  device.network.cutAll()
  await world.pass(10_000)
  expect([chat.status.get(), device.network.streams.open]).toEqual([{ status: 'online' }, 0])
})

test('[SDK134] what ends a stream means what it would mean of a socket', async () => {
  const { world, server, chat, device } = await behindAWall()
  server.closeAll(closeCode.draining)
  await world.pass(5_000)
  expect(chat.status.get()).toEqual({ status: 'online' })
  server.closeAll(closeCode.signedOut)
  await world.pass()
  expect([chat.status.get(), device.network.streams.open]).toEqual([{ status: 'signed-out' }, 0])
})

test('[SDK137] a call that can’t be answered now is made again, on the same stream', async () => {
  const { world, handle, device } = await behindAWall()
  const refusal = (code: string, status: number) => Response.json({ code }, { status })
  device.network.streams.refusals.push(refusal('rate_limited', 429), refusal('overloaded', 503))
  const { attempts } = device.network
  const { sent } = handle.send('in the end')
  await world.pass(20_000)
  expect((await sent).text).toBe('in the end')
  expect(device.network.attempts).toBe(attempts)
})

test('[SDK135] a closed chat leaves no stream behind', async () => {
  const { world, chat, device } = await behindAWall()
  await chat.close()
  await world.pass()
  expect([world.clock.waiting, device.network.streams.open]).toEqual([0, 0])
})
