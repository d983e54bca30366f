import { expect, test } from 'bun:test'
import { closeCode } from '@confab/protocol/close-codes'
import { calm, type Weather } from '../test/fake-network.ts'
import type { FakeServer } from '../test/fake-server.ts'
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

/** Each frame takes 100 ms from now on: told to move just now, she hears the next hello after 426 ms. */
function slowly(device: { network: { weather: Weather } }) {
  device.network.weather = { ...calm, delayMs: () => 100 }
}

const edits = (server: FakeServer) =>
  server.calls.flatMap(({ method, params }) =>
    method === 'message.edit' && isEdit(params) ? [params.text] : [],
  )
const isEdit = (params: unknown): params is { text: string } =>
  typeof params === 'object' && params !== null && 'text' in params

/** With `count` messages of Ann's, told to move. */
async function withMessages(count: number) {
  const made = await twoInAGroup()
  const { world, server, ann, group } = made
  const seqs = Array.from(
    { length: count },
    (_, index) => server.send(group.id, ann.id, 'mine', `${index}`)?.seq ?? 0,
  )
  await world.pass()
  server.push(ann.id, 'notice', { code: 'draining' })
  slowly(made.device)
  return { ...made, seqs }
}

/** Bob is online and types, as Ann is told to move. */
async function busyBob() {
  const made = await twoInAGroup()
  const { world, server, ann, bob, group, chat, handle } = made
  const bobs = chat.presence(bob.id)
  bobs.subscribe(() => undefined)
  await world.pass()
  server.presence(bob.id, 'online')
  server.typing(group.id, bob.id, true)
  server.push(ann.id, 'notice', { code: 'draining' })
  return { ...made, seen: () => [bobs.get().status, handle.typing.get()] }
}

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

test('[SDK23] an answer that is due is taken before it goes, and not asked for again', async () => {
  const { world, server, bob, group, ann, ...made } = await twoInAGroup()
  await made.chat.close()
  const { seq = 0 } = server.send(group.id, bob.id, 'long ago', 'b') ?? {}
  for (let count = 1; count <= 120; count++) server.send(group.id, bob.id, `${count}`, `b${count}`)
  const { chat, network } = world.device(ann)
  await world.pass()
  server.push(ann.id, 'notice', { code: 'draining' })
  slowly({ network })
  await world.pass(400)
  const quote = chat.conversation(group.id).message(seq)
  quote.subscribe(() => undefined)
  quote.get()
  await world.pass(2_000)
  expect(quote.get()?.text).toBe('long ago')
  expect(server.calls.filter(({ method }) => method === 'history')).toHaveLength(1)
  expect(network).toMatchObject({ attempts: 2, openCount: 1 })
})

test('[SDK25] however busy, it goes: what is asked from the hello on goes out afterwards, once and in order', async () => {
  const { world, server, handle, device, chat, seqs } = await withMessages(2)
  const statuses: string[] = []
  chat.status.subscribe(() => statuses.push(chat.status.get().status))
  device.network.weather = { ...calm, delayMs: () => 30 }
  const edited: Promise<void>[] = []
  const wanted: string[] = []
  for (let count = 0; count < 50; count++) {
    for (const seq of seqs) {
      wanted.push(`${count} of ${seq}`)
      edited.push(handle.edit(seq, `${count} of ${seq}`))
    }
    await world.pass(40)
  }
  expect(device.network).toMatchObject({ attempts: 2, openCount: 1 })
  await world.pass(10_000)
  await Promise.all(edited)
  for (const seq of seqs) {
    const ofIt = (texts: string[]) => texts.filter((text) => text.endsWith(` of ${seq}`))
    expect(ofIt(edits(server))).toEqual(ofIt(wanted))
  }
  expect(statuses).toEqual([])
})

test('[SDK25] where the next one is lost again, what waited goes out where it is', async () => {
  const { world, server, handle, device, seqs } = await withMessages(3)
  await world.pass(400)
  const edited = seqs.slice(0, 1).map((seq) => handle.edit(seq, 'before'))
  await world.pass(30)
  for (const seq of seqs.slice(1)) edited.push(handle.edit(seq, `held ${seq}`))
  await world.pass(80)
  const all = ['before', ...seqs.slice(1).map((seq) => `held ${seq}`)]
  expect(edits(server)).toEqual(['before'])
  server.closeLatest(closeCode.draining)
  await world.pass(101)
  expect(edits(server)).toEqual(all)
  await world.pass(10_000)
  await Promise.all(edited)
  expect(edits(server)).toEqual(all)
  expect(device.network).toMatchObject({ attempts: 3, openCount: 1 })
})

test('[SDK25] a message that waited is sent once', async () => {
  const { world, server, group, ann, chat, handle, device, seqs } = await withMessages(1)
  await world.pass(400)
  for (const seq of seqs) void handle.edit(seq, 'before')
  await world.pass(30)
  const { sent } = handle.send('held')
  const chosen = chat.setStatus('away')
  await world.pass(2_000)
  await Promise.all([sent, chosen])
  expect(server.calls.filter(({ method }) => method === 'message.send')).toHaveLength(1)
  expect(group.messages(ann.id).map(({ text }) => text)).toEqual(['before', 'held'])
  expect(device.network).toMatchObject({ attempts: 2, openCount: 1 })
})

test('[SDK25] a sync that waited does not cost the next connection', async () => {
  const { world, server, group, ann, chat, handle, device, seqs } = await withMessages(1)
  await world.pass(340)
  device.network.weather = { ...calm, delayMs: () => 100, fateOfPush: () => 'drop' }
  server.mute(group.id, ann.id, true)
  slowly(device)
  await world.pass(60)
  for (const seq of seqs) void handle.edit(seq, 'before')
  // Told with a gap before it after the next hello, which is heard at 426 ms.
  server.mute(group.id, ann.id, false)
  const syncs = () => server.calls.filter(({ method }) => method === 'sync').length
  const before = syncs()
  await world.pass(2_000)
  expect(syncs() - before).toBe(1)
  expect(device.network).toMatchObject({ attempts: 2, openCount: 1 })
  expect(chat.status.get()).toEqual({ status: 'online' })
})

test('[SDK25] a page of the history that waited comes over the next one', async () => {
  const { world, server, bob, group, ann, ...made } = await twoInAGroup()
  await made.chat.close()
  for (let count = 1; count <= 300; count++) server.send(group.id, bob.id, `${count}`, `b${count}`)
  const { chat, network } = world.device(ann)
  const handle = chat.conversation(group.id)
  handle.open()
  await world.pass()
  const before = handle.timeline.get().items.length
  server.push(ann.id, 'notice', { code: 'draining' })
  slowly({ network })
  await world.pass(400)
  void handle.react(3, '👍').catch(() => undefined)
  await world.pass(30)
  const loaded = handle.loadEarlier()
  await world.pass(2_000)
  await loaded
  expect(handle.timeline.get().items.length).toBeGreaterThan(before)
  expect(network).toMatchObject({ attempts: 2, openCount: 1 })
})

test('[SDK26] who was seen online and typing still is, until the next one has told otherwise', async () => {
  const { world, server, bob, device, seen } = await busyBob()
  await world.pass(1)
  slowly(device)
  // Handed over after 427 ms; he goes when nobody watches for her.
  await world.pass(480)
  expect(device.network).toMatchObject({ attempts: 2, openCount: 1 })
  expect(seen()).toEqual(['online', [bob.id]])
  server.presence(bob.id, 'offline')
  await world.pass(300)
  expect(seen()).toEqual(['online', [bob.id]])
  await world.pass(100)
  expect(seen()).toEqual(['offline', [bob.id]])
  await world.pass(5_100)
  expect(seen()).toEqual(['offline', [bob.id]])
  await world.pass(30)
  expect(seen()).toEqual(['offline', []])
})

test('[SDK26] but not where the connection is lost', async () => {
  const { world, server, seen } = await busyBob()
  await world.pass(startsAfterMs)
  server.closeAll(closeCode.draining)
  await world.pass(1)
  expect(seen()).toEqual(['offline', []])
})

test('[SDK27] told while it still catches up, it goes when it has', async () => {
  const { world, server, ann, ...made } = await twoInAGroup()
  await made.chat.close()
  const { sync } = server
  server.sync = (...asked) => {
    server.sync = sync
    server.push(ann.id, 'notice', { code: 'draining' })
    return server.sync(...asked)
  }
  const { chat, network } = world.device(ann)
  await world.pass(100)
  expect(chat.status.get()).toEqual({ status: 'online' })
  expect(network).toMatchObject({ attempts: 1, openCount: 1 })
  await world.pass(startsAfterMs)
  expect(network).toMatchObject({ attempts: 2, openCount: 1 })
})

test('[SDK24] where one is signed out before, it ends there', async () => {
  const { world, server, device, chat } = await toldToMove()
  await world.pass(startsAfterMs)
  server.closeAll(closeCode.signedOut)
  await world.pass(100)
  expect(chat.status.get()).toEqual({ status: 'signed-out' })
  expect(device.network).toMatchObject({ attempts: 2, openCount: 0 })
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

test('[SDK18] told twice within seconds, it goes as fast as the first time', async () => {
  const { world, device, tell } = await toldToMove()
  await world.pass(2_260)
  expect(device.network).toMatchObject({ attempts: 2, openCount: 1 })
  tell()
  await world.pass(startsAfterMs + 10)
  expect(device.network).toMatchObject({ attempts: 3, openCount: 1 })
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
