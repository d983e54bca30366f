import { expect, test } from 'bun:test'
import type { Fate } from '../test/fake-network.ts'
import { textsOf } from '../test/texts.ts'
import { twoInAGroup } from '../test/world.ts'

const weather = (fateOfPush: () => Fate) => ({ delayMs: () => 1, fateOfPush, breaksAfterCall: () => false })

test('[SDK30] a gap is fetched, never skipped: what follows waits for it', async () => {
  const { world, server, bob, group, handle, device } = await twoInAGroup()
  let pushes = 0
  device.network.weather = weather(() => (pushes++ === 0 ? 'drop' : 'deliver'))
  server.send(group.id, bob.id, 'lost on the way', '1')
  server.send(group.id, bob.id, 'heard', '2')
  await world.pass()
  expect(textsOf(handle.timeline.get())).toEqual(['lost on the way', 'heard'])
  expect(server.calls.filter(({ method }) => method === 'events').map(({ params }) => params)).toEqual([
    { conversationId: group.id, after: 2, limit: 500 },
  ])
})

test('[SDK31] events that come twice or out of order are folded once, in order', async () => {
  const { world, server, bob, group, chat, handle, device } = await twoInAGroup()
  const fates: Fate[] = ['late', 'repeat', 'late', 'repeat', 'deliver']
  let pushes = 0
  device.network.weather = weather(() => fates[pushes++ % fates.length] ?? 'deliver')
  const seqs: number[] = []
  chat.on('event', ({ seq }) => seqs.push(seq))
  for (let count = 1; count <= 20; count++) server.send(group.id, bob.id, `${count}`, `${count}`)
  await world.pass()
  expect(seqs).toEqual(Array.from({ length: 20 }, (_, index) => index + 3))
  expect(textsOf(handle.timeline.get())).toEqual(Array.from({ length: 20 }, (_, index) => `${index + 1}`))
})

test('[SDK32] far behind, the copy begins anew at the snapshot, and says that there is more before it', async () => {
  const { world, server, bob, group, handle, device } = await twoInAGroup()
  server.send(group.id, bob.id, 'old', 'old')
  await world.pass()
  device.network.up = false
  device.network.cutAll()
  server.temper.eventsMax = 100
  for (let count = 0; count < 1_000; count++) server.send(group.id, bob.id, `${count}`, `${count}`)
  device.network.up = true
  await world.pass(60_000)
  // Not `old` and then 900, as if nothing lay between them.
  expect(textsOf(handle.timeline.get())).toEqual(['999'])
  expect(handle.timeline.get().hasEarlier).toBe(true)
  handle.open()
  await world.pass()
  expect(textsOf(handle.timeline.get())).toEqual(Array.from({ length: 51 }, (_, index) => `${949 + index}`))
})

test('[SDK33] a little behind, the missed events join what is held, however many replies that takes', async () => {
  const { world, server, bob, group, handle, device } = await twoInAGroup()
  handle.open()
  server.send(group.id, bob.id, 'old', 'old')
  await world.pass()
  device.network.up = false
  device.network.cutAll()
  server.temper.eventsMax = 7
  for (let count = 0; count < 40; count++) server.send(group.id, bob.id, `${count}`, `${count}`)
  device.network.up = true
  await world.pass(60_000)
  expect(textsOf(handle.timeline.get())).toEqual([
    'old',
    ...Array.from({ length: 40 }, (_, index) => `${index}`),
  ])
  expect(handle.timeline.get().hasEarlier).toBe(false)
})

test('[SDK34] another epoch drops every copy: two histories are never mixed', async () => {
  const { world, server, bob, group, chat, handle, device } = await twoInAGroup()
  server.send(group.id, bob.id, 'of a lost time', '1')
  await world.pass()
  const resets: string[] = []
  chat.on('reset', ({ epoch }) => resets.push(epoch))
  server.epoch = 'restored'
  group.log.length = 2
  const restored = server.create(bob.id, [chat.me.get()?.id ?? bob.id], 'Restored')
  server.conversations.delete(group.id)
  device.network.cutAll()
  await world.pass(5_000)
  expect(resets).toEqual(['restored'])
  expect(chat.conversations.get().map(({ conversation }) => conversation.id)).toEqual([restored.id])
  expect(handle.info.get()).toBeUndefined()
})

test("[SDK35] a change of what is one's own that was not heard of is fetched as soon as the next one tells", async () => {
  const { world, server, ann, bob, group, chat, device } = await twoInAGroup()
  device.network.weather = weather(() => 'drop')
  server.mute(group.id, ann.id, true)
  server.create(bob.id, [ann.id], 'Unheard of')
  await world.pass()
  device.network.weather = weather(() => 'deliver')
  server.create(bob.id, [ann.id], 'Heard of')
  await world.pass()
  expect(chat.conversations.get().map(({ conversation: { name, me } }) => [name, me?.muted])).toEqual([
    ['Heard of', false],
    ['Unheard of', false],
    ['Friends', true],
  ])
})

test('[SDK36] who is removed loses the copy, missed or not, and who comes back has it whole', async () => {
  const { world, server, ann, bob, group, chat, device } = await twoInAGroup()
  server.removeMember(group.id, bob.id, ann.id)
  await world.pass()
  expect(chat.conversations.get()).toEqual([])
  server.addMember(group.id, bob.id, ann.id)
  server.send(group.id, bob.id, 'welcome back', '1')
  await world.pass()
  expect(chat.conversations.get().map(({ lastMessage }) => lastMessage?.text)).toEqual(['welcome back'])

  device.network.up = false
  device.network.cutAll()
  server.removeMember(group.id, bob.id, ann.id)
  device.network.up = true
  await world.pass(60_000)
  expect(chat.conversations.get()).toEqual([])
})

test('[SDK37] what a sync left out is fetched, settings included', async () => {
  const { world, server, ann, bob, group, chat, device } = await twoInAGroup()
  for (const name of ['One', 'Two', 'Three']) server.create(bob.id, [ann.id], name)
  await world.pass()
  device.network.up = false
  device.network.cutAll()
  server.temper.conversationsMax = 1
  for (const { id } of server.conversations.values()) server.mute(id, ann.id, true)
  server.send(group.id, bob.id, 'new', '1')
  device.network.up = true
  await world.pass(60_000)
  expect(chat.conversations.get().every(({ conversation }) => conversation.me?.muted)).toBe(true)
  expect(chat.conversations.get()).toHaveLength(4)
})

test('[SDK38] an event of a type of the future, or of a shape that does not fit, only advances the cursor', async () => {
  const { world, server, ann, bob, group, handle } = await twoInAGroup()
  const at = group.log[0]?.at
  const envelope = { conversationId: group.id, actorId: bob.id, at }
  server.push(ann.id, 'event', { ...envelope, seq: 3, type: 'poll.closed', data: { poll: 1 } })
  server.push(ann.id, 'event', { ...envelope, seq: 4, type: 'message.edited', data: { target: 'x' } })
  await world.pass()
  expect(handle.info.get()?.head).toBe(4)
})
