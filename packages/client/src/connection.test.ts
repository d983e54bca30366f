import { expect, test } from 'bun:test'
import { closeCode } from '@confab/protocol/close-codes'
import { textsOf } from '../test/texts.ts'
import { twoInAGroup, World } from '../test/world.ts'
import { backOffMaxMs, backOffMinMs, backOffMs } from './back-off.ts'
import { connect } from './connect.ts'
import type { Socket } from './options.ts'

test('[SDK10] the wait between tries doubles up to a bound, and is spread over all of it', () => {
  const least = Array.from({ length: 12 }, (_, index) => backOffMs(index + 1, () => 0))
  const most = Array.from({ length: 12 }, (_, index) => backOffMs(index + 1, () => 1))
  expect(least).toEqual(Array.from({ length: 12 }, () => 0))
  expect(most.slice(0, 4)).toEqual([backOffMinMs, 500, 1_000, 2_000])
  expect(most.at(-1)).toBe(backOffMaxMs)
})

test('[SDK11] a cut connection is made again, and what was missed meanwhile arrives', async () => {
  const { world, server, bob, group, chat, handle, device } = await twoInAGroup()
  device.network.cutAll()
  await world.pass(0)
  expect(chat.status.get()).toMatchObject({ status: 'waiting', attempt: 1 })
  server.send(group.id, bob.id, 'missed', 'missed')
  await world.pass(1_000)
  expect(chat.status.get()).toEqual({ status: 'online' })
  expect(textsOf(handle.timeline.get())).toEqual(['missed'])
})

test('[SDK12] tries go on at growing distances while there is no network', async () => {
  const { world, chat, device } = await twoInAGroup()
  device.network.up = false
  device.network.cutAll()
  await world.pass(300_000)
  // With half of full jitter: 0.125 s, 0.25 s ... 15 s.
  expect(device.network.attempts).toBeGreaterThan(15)
  expect(device.network.attempts).toBeLessThan(30)
  expect(chat.status.get().status).not.toBe('online')
  device.network.up = true
  await world.pass(31_000)
  expect(chat.status.get()).toEqual({ status: 'online' })
})

test('[SDK13] when the network is back or the page is looked at, a try is made at once', async () => {
  const { world, chat, device } = await twoInAGroup()
  device.network.up = false
  device.network.cutAll()
  await world.pass(120_000)
  device.network.up = true
  while (chat.status.get().status !== 'waiting') await world.pass(5)
  device.wake()
  await world.pass(20)
  expect(chat.status.get()).toEqual({ status: 'online' })
})

test('[SDK14] a link that says nothing is asked after 15 s, and given up after 30', async () => {
  const { world, server, chat, device } = await twoInAGroup()
  await world.pass(60_000)
  expect(server.calls.filter(({ method }) => method === 'ping').length).toBeGreaterThan(2)
  expect(device.network.attempts).toBe(1)

  device.network.up = false
  await world.pass(29_000)
  expect(chat.status.get()).toEqual({ status: 'online' })
  await world.pass(17_000)
  expect(chat.status.get().status).not.toBe('online')
})

test('[SDK15] a page that wakes up to a dead link notices within seconds', async () => {
  const { world, chat, device } = await twoInAGroup()
  device.network.up = false
  device.wake()
  await world.pass(5_500)
  expect(chat.status.get().status).not.toBe('online')
})

test('[SDK16] signed out is not tried again until somebody signs in', async () => {
  const { world, server, chat, device } = await twoInAGroup()
  server.closeAll(closeCode.signedOut)
  await world.pass(600_000)
  expect(chat.status.get()).toEqual({ status: 'signed-out' })
  expect(device.network.attempts).toBe(1)
  chat.reconnect()
  await world.pass()
  expect(chat.status.get()).toEqual({ status: 'online' })
})

test('[SDK22] without a token or a cookie one is signed out, once the server has waited in vain', async () => {
  const sockets: Socket[] = []
  const openSocket = () => {
    const socket: Socket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      send: () => undefined,
      close: () => undefined,
    }
    sockets.push(socket)
    return socket
  }
  const { clock } = new World()
  const statusAfter = async (token: string | undefined) => {
    await using chat = connect({
      url: 'http://fake.test',
      token,
      storage: 'memory',
      edges: { openSocket, clock },
    })
    sockets.at(-1)?.onopen?.()
    sockets.at(-1)?.onclose?.({ code: closeCode.noSignIn, reason: 'no sign-in' })
    return chat.status.get().status
  }
  expect(await statusAfter(undefined)).toBe('signed-out')
  // With a token it was but slow.
  expect(await statusAfter('a token')).toBe('waiting')
})

test.each([closeCode.impossibleFrame, closeCode.originRefused, closeCode.tooLarge, 1009])(
  '[SDK17] closed with %d it stops: trying again can not help',
  async (code) => {
    const { world, server, chat, device } = await twoInAGroup()
    server.closeAll(code, 'a bug')
    await world.pass(600_000)
    expect(chat.status.get()).toEqual({ status: 'stopped', reason: 'a bug' })
    expect(device.network.attempts).toBe(1)
  },
)

test('[SDK18] a draining server is left for another within a quarter of a second', async () => {
  const { world, server, chat } = await twoInAGroup()
  server.closeAll(closeCode.draining)
  await world.pass(260)
  expect(chat.status.get()).toEqual({ status: 'online' })
})

test('[SDK19] a server that closes each new connection is not hammered', async () => {
  const { world, server, device } = await twoInAGroup()
  for (let ms = 0; ms < 60_000; ms += 10) {
    server.closeAll(closeCode.draining)
    await world.pass(10)
  }
  expect(device.network.attempts).toBeLessThan(25)
})

test('[SDK20] after too many calls the pause that is asked for is kept', async () => {
  const { world, server, chat } = await twoInAGroup()
  server.closeAll(closeCode.tooManyCalls, 'retry-after-ms=5000')
  await world.pass(4_900)
  expect(chat.status.get().status).toBe('waiting')
  await world.pass(1_200)
  expect(chat.status.get()).toEqual({ status: 'online' })
})

test('[SDK21] a frame that makes no sense is logged and costs nothing else', async () => {
  const { world, server, ann, bob, group, chat, handle, device } = await twoInAGroup()
  server.push(ann.id, 'receipt', { nothing: 'right' })
  server.push(ann.id, 'from.the.future', {})
  server.push(ann.id, 'event', { ...group.log[0], seq: 'three' })
  server.send(group.id, bob.id, 'still here', 'still')
  await world.pass()
  expect(textsOf(handle.timeline.get())).toEqual(['still here'])
  expect(chat.status.get()).toEqual({ status: 'online' })
  expect(device.logged).toEqual([
    "unreadable frame: receipt: the params don't fit",
    "unreadable frame: event: the params don't fit",
  ])
})
