import { expect, test } from 'bun:test'
import { Refusal } from '@confab/protocol/refusal'
import { calm } from '../test/fake-network.ts'
import { twoInAGroup } from '../test/world.ts'

/** Ann's second device has ten unread messages of Bob, every third one to all. */
async function tenUnread() {
  const scene = await twoInAGroup()
  const { world, server, bob, group } = scene
  for (let count = 1; count <= 10; count++)
    server.send(group.id, bob.id, count % 3 ? `${count}` : '@all', `${count}`)
  await world.pass()
  const me = () => scene.handle.info.get()?.me
  return { ...scene, me }
}

test('[SDK50] unread and mentions count as messages come, are deleted, and are read', async () => {
  const { world, server, bob, group, handle, me } = await tenUnread()
  expect(me()).toMatchObject({ readSeq: 1, unread: 10, mentions: 3 })
  const at = new Date(world.clock.now()).toISOString()
  for (const target of [4, 5]) server.act(group.id, bob.id, 'message.deleted', { target, deletedAt: at })
  await world.pass()
  expect(me()).toMatchObject({ unread: 8, mentions: 2 })
  handle.read(8)
  expect(me()).toMatchObject({ readSeq: 8, unread: 4, mentions: 1 })
  handle.read()
  expect(me()).toMatchObject({ readSeq: 14, unread: 0, mentions: 0 })
  await world.pass()
  expect(group.members.get(bob.id)?.readSeq).toBe(12)
})

test('[SDK50] a mention that an edit took back is counted no more, where a page told of the edit before its event', async () => {
  const { world, server, bob, group, handle, device } = await twoInAGroup()
  const target = server.send(group.id, bob.id, '@all', 'first')?.seq
  for (let count = 1; count <= 60; count++) server.send(group.id, bob.id, `${count}`, `${count}`)
  await world.pass()
  handle.open()
  await world.pass()
  expect(handle.info.get()?.me).toMatchObject({ unread: 61, mentions: 1 })
  device.network.weather = { ...calm, fateOfPush: () => 'drop' }
  const editedAt = new Date(world.clock.now()).toISOString()
  const mentions = { userIds: [], all: false }
  server.act(group.id, bob.id, 'message.edited', { target, text: 'nobody', mentions, editedAt })
  const loaded = handle.loadEarlier()
  await world.pass()
  await loaded
  device.network.weather = calm
  server.send(group.id, bob.id, 'last', 'last')
  await world.pass(5_000)
  expect(handle.info.get()?.me).toMatchObject({ unread: 62, mentions: 0 })
})

test('[SDK51] many reads are told in one call, and until the server knows', async () => {
  const { world, server, ann, group, handle, device } = await tenUnread()
  device.network.up = false
  device.network.cutAll()
  for (let seq = 3; seq <= 11; seq++) handle.read(seq)
  await world.pass(0)
  device.network.up = true
  await world.pass(60_000)
  expect(group.members.get(ann.id)?.readSeq).toBe(11)
  expect(server.calls.filter(({ method }) => method === 'read')).toHaveLength(1)
})

test('[SDK51] read up to a message of one’s own, which the server counted otherwise: it is told', async () => {
  const { world, server, ann, bob, group, handle, device } = await twoInAGroup()
  server.send(group.id, bob.id, 'one', 'one')
  await world.pass()
  handle.read()
  const readSeq = group.head
  // Another device of Ann's writes before the server hears that this one has read; this one hears it after.
  device.network.weather = { ...calm, fateOfPush: () => 'drop' }
  const sent = server.send(group.id, ann.id, 'two', 'two', { seenSeq: 1 })
  await world.pass()
  device.network.weather = calm
  server.push(ann.id, 'event', sent)
  await world.pass()
  expect(handle.info.get()?.me).toMatchObject({ readSeq: readSeq + 1, unread: 0 })
  expect(group.members.get(ann.id)?.readSeq).toBe(readSeq)
  // As the next sync tells it.
  server.push(ann.id, 'receipt', { conversationId: group.id, userId: ann.id, readSeq })
  await world.pass()
  expect(group.members.get(ann.id)?.readSeq).toBe(readSeq + 1)
})

test('[SDK52] read on another device, this one shows what is left, though its copy is elsewhere', async () => {
  const { world, server, ann, bob, group, device, me } = await tenUnread()
  const receipt = { conversationId: group.id, userId: ann.id, readSeq: 9 }
  // The server knows nothing of that other device: it must not tell its own count meanwhile.
  server.temper.refuse.set('delivered', Array(9).fill(new Refusal('forbidden')))
  // Counted at head 12, while this copy is at 12; then from beyond it, and from before it.
  server.push(ann.id, 'receipt', { ...receipt, mine: { unread: 3, mentions: 1, head: 12 } })
  await world.pass()
  expect(me()).toMatchObject({ readSeq: 9, unread: 3, mentions: 1 })

  device.network.weather = { ...calm, fateOfPush: () => 'late' }
  server.send(group.id, bob.id, 'eleven', '11')
  device.network.weather = calm
  server.push(ann.id, 'receipt', { ...receipt, readSeq: 10, mine: { unread: 3, mentions: 1, head: 13 } })
  await world.pass(20)
  expect(me()).toMatchObject({ readSeq: 9, unread: 3 })
  await world.pass()
  expect(me()).toMatchObject({ readSeq: 10, unread: 3, mentions: 1 })

  server.send(group.id, bob.id, '@all', '12')
  server.push(ann.id, 'receipt', { ...receipt, readSeq: 11, mine: { unread: 2, mentions: 1, head: 13 } })
  await world.pass()
  expect(me()).toMatchObject({ readSeq: 11, unread: 3, mentions: 2 })
})

test('[SDK53] a cursor never moves back', async () => {
  const { world, server, ann, group, handle, me } = await tenUnread()
  handle.read()
  await world.pass()
  const old = { conversationId: group.id, userId: ann.id, readSeq: 4 }
  server.push(ann.id, 'receipt', { ...old, mine: { unread: 8, mentions: 3, head: 12 } })
  server.push(ann.id, 'receipt', old)
  await world.pass()
  expect(me()).toMatchObject({ readSeq: 12, unread: 0, mentions: 0 })
})

test('[SDK54] another member is seen reading on', async () => {
  const { world, server, bob, group, handle } = await tenUnread()
  server.read(group.id, bob.id, 12)
  await world.pass()
  expect(handle.members.get().map(({ user, readSeq }) => [user.name, readSeq])).toEqual([
    ['Ann', 1],
    ['Bob', 12],
  ])
})

test('[SDK55] a count that can not be brought up to the cursor is asked for', async () => {
  const { world, server, ann, bob, group, me, chat } = await tenUnread()
  await chat.close()
  const device = world.device(ann)
  await world.pass()
  const fresh = () => device.chat.conversation(group.id).info.get()?.me
  server.send(group.id, bob.id, 'eleven', '11')
  await world.pass()
  device.network.weather = { ...calm, fateOfPush: () => 'drop' }
  server.read(group.id, ann.id, 9)
  device.network.weather = calm
  // Counted at head 11: what this device has seen since it began at 12 says nothing about that.
  const mine = { unread: 2, mentions: 1, head: 11 }
  server.push(ann.id, 'receipt', { conversationId: group.id, userId: ann.id, readSeq: 9, mine })
  await world.pass()
  expect(fresh()).toMatchObject({ readSeq: 9, unread: 4, mentions: 1 })
  expect(me()).toMatchObject({ readSeq: 1, unread: 10 })
})

test('[SDK53] what was read out of reach is not forgotten by a copy that begins anew', async () => {
  const { world, server, bob, group, handle, device } = await twoInAGroup()
  server.temper.behindMax = 3
  server.send(group.id, bob.id, 'seen', 'seen')
  await world.pass()
  device.network.up = false
  device.network.cutAll()
  handle.read()
  const readSeq = handle.info.get()?.me?.readSeq
  expect(readSeq).toBe(group.head)
  for (let count = 0; count < 5; count++) server.send(group.id, bob.id, `${count}`, `${count}`)
  device.network.up = true
  await world.pass(60_000)
  expect(handle.info.get()?.me).toMatchObject({ readSeq, unread: 5 })
  expect(group.seenBy(device.chat.me.get()?.id ?? bob.id).me?.readSeq).toBe(readSeq)
})
