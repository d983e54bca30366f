import { expect, test } from 'bun:test'
import { closeCode } from '@confab/protocol/close-codes'
import { calm } from '../test/fake-network.ts'
import { textsOf } from '../test/texts.ts'
import { twoInAGroup } from '../test/world.ts'

/** Ann is told that her node drains. Half of the quarter of a second after it she connects again. */
async function toldToMove() {
  const made = await twoInAGroup()
  const { server, ann, chat } = made
  const statuses: string[] = []
  chat.status.subscribe(() => statuses.push(chat.status.get().status))
  const tell = () => server.push(ann.id, 'notice', { code: 'draining' })
  tell()
  return { ...made, statuses, tell }
}

const startsAfterMs = 126

test('[SDK23] told that its node drains, it is served there until it is let in elsewhere, online all the while', async () => {
  const { world, server, bob, group, handle, device, statuses } = await toldToMove()
  const noticed: unknown[] = []
  device.chat.on('notice', (notice) => noticed.push(notice))
  await world.pass(startsAfterMs)
  expect(device.network.openCount).toBe(2)
  server.send(group.id, bob.id, 'meanwhile', 'meanwhile')
  await world.pass(1)
  expect(textsOf(handle.timeline.get())).toEqual(['meanwhile'])
  await world.pass(1_000)
  expect(device.network).toMatchObject({ attempts: 2, openCount: 1 })
  server.send(group.id, bob.id, 'afterwards', 'afterwards')
  const { sent } = handle.send('from here')
  await world.pass(10)
  await sent
  expect(textsOf(handle.timeline.get())).toEqual(['meanwhile', 'afterwards', 'from here'])
  expect(statuses).toEqual([])
  expect(noticed).toEqual([])
})

test('[SDK23] what was asked before is answered before it goes', async () => {
  // Whenever it is asked: the next connection is tried after 126 ms, and says hello 3 to 10 ms later.
  for (let askedMs = 120; askedMs < 136; askedMs++) {
    const { world, server, handle, device, statuses } = await toldToMove()
    await world.pass(askedMs)
    device.network.weather = { ...calm, delayMs: () => 4 }
    const refused = handle.edit(1, 'Only what is not there is refused').catch((cause: unknown) => cause)
    await world.pass(1_000)
    expect(await refused).toMatchObject({ code: 'not_found' })
    expect(server.calls.filter(({ method }) => method === 'message.edit')).toHaveLength(1)
    expect(device.network).toMatchObject({ attempts: 2, openCount: 1 })
    expect(statuses).toEqual([])
    await device.chat.close()
  }
})

test('[SDK24] lost before it is let in elsewhere, it goes on with the way there, and sends again what was under way', async () => {
  const { world, server, handle, device, statuses } = await toldToMove()
  await world.pass(startsAfterMs)
  device.network.weather = { ...calm, delayMs: () => 50 }
  const { sent } = handle.send('twice on its way')
  device.network.weather = calm
  server.closeAll(closeCode.draining)
  await world.pass(100)
  await sent
  expect(textsOf(handle.timeline.get())).toEqual(['twice on its way'])
  expect(device.network).toMatchObject({ attempts: 2, openCount: 1 })
  expect(statuses).toEqual(['connecting', 'online'])
})

test('[SDK24] while nobody lets it in it is served where it is, and tries again', async () => {
  const { world, server, handle, device, statuses } = await toldToMove()
  device.network.socketsBlocked = true
  await world.pass(1_000)
  const { sent } = handle.send('served')
  await world.pass(10)
  await sent
  expect(statuses).toEqual([])
  expect(device.network.attempts).toBeGreaterThan(2)

  device.network.socketsBlocked = false
  server.closeAll(closeCode.draining)
  await world.pass(5_000)
  expect(statuses.at(-1)).toBe('online')
  expect(device.network.openCount).toBe(1)
})

test('[SDK24] a chat that is closed on the way leaves nothing behind', async () => {
  for (const afterMs of [10, startsAfterMs, startsAfterMs + 2]) {
    const { world, chat, device } = await toldToMove()
    await world.pass(afterMs)
    await chat.close()
    expect(device.network.openCount).toBe(0)
    await world.pass(10_000)
    expect(device.network.attempts).toBeLessThan(3)
    expect(world.clock.waiting).toBe(0)
  }
})

test('[SDK19] a node that says at each new connection that it drains is not hammered', async () => {
  const { world, device, tell } = await toldToMove()
  for (let ms = 0; ms < 60_000; ms += 10) {
    tell()
    await world.pass(10)
  }
  expect(device.network.attempts).toBeGreaterThan(3)
  expect(device.network.attempts).toBeLessThan(25)
})

test('[SDK18] drained twice within seconds, it comes back as fast as the first time', async () => {
  const { world, server, chat } = await twoInAGroup()
  for (const _ of ['the first node', 'the second']) {
    server.closeAll(closeCode.draining)
    await world.pass(260)
    expect(chat.status.get()).toEqual({ status: 'online' })
    await world.pass(2_000)
  }
})
