import { afterAll, beforeAll, expect, test } from 'bun:test'
import { doCall, oneTo, signInPeople, startGroup } from './people.ts'
import { hears, messagesOf, openChat } from './sdk.ts'
import { startServer, type TestServer } from './start-server.ts'
import { within } from './within.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

/** Ada owns a group in which Ben has said something; both look at it. */
async function setUp() {
  const [ada, ben] = await signInPeople(server, 'ada', 'ben')
  const { id } = await startGroup(server, ada, [ben])
  const chats = await Promise.all([openChat(server, ada), openChat(server, ben)])
  const [atAda, atBen] = [chats[0].conversation(id), chats[1].conversation(id)]
  atAda.open()
  atBen.open()
  const { seq } = await within(atBen.send('first words').sent, 'the answer')
  await hears(atAda, ([first]) => first?.seq === seq, 'the message at Ada')
  return { ada, ben, atAda, atBen, seq, close: () => Promise.all(chats.map((chat) => chat.close())) }
}

test('[SDK100] what one does to a message shows at once, and at the other when the server has it', async () => {
  const { ada, atAda, atBen, seq, close } = await setUp()
  const done = [atBen.edit(seq, 'other words'), atAda.react(seq, '👍'), atAda.pin(seq)]
  expect(messagesOf(atBen)[0]?.text).toBe('other words')
  expect(messagesOf(atAda)[0]).toMatchObject({ pinned: true, reactions: [{ emoji: '👍', mine: true }] })
  await within(Promise.all(done), 'the answers')
  const whole = { text: 'other words', pinned: true, reactions: [{ emoji: '👍', count: 1 }] }
  for (const at of [atAda, atBen])
    await hears(at, ([first]) => first?.updatedSeq === seq + 3, 'all three events')
  expect(messagesOf(atBen)).toMatchObject([{ ...whole, reactions: [{ mine: false }] }])
  expect(messagesOf(atAda)).toMatchObject([whole])
  expect(await atBen.pins()).toMatchObject({ items: [{ seq }], more: undefined })
  expect(await atBen.reactors(seq, '👍')).toMatchObject({ items: [{ id: ada.id }] })
  await within(atAda.delete(seq), 'the deletion')
  await hears(atBen, ([first]) => first?.deletedAt !== null, 'the deletion at Ben')
  await close()
})

test('[SDK101] an edit that the server refuses is taken back, and one of what is deleted too', async () => {
  const { atAda, atBen, seq, close } = await setUp()
  const refused = atAda.edit(seq, 'not mine').catch((error: unknown) => error)
  expect(messagesOf(atAda)[0]?.text).toBe('not mine')
  expect(await within(refused, 'the refusal')).toMatchObject({ code: 'forbidden' })
  expect(messagesOf(atAda)[0]).toMatchObject({ text: 'first words', editedAt: null })
  const deleted = atBen.delete(seq)
  const late = atBen.react(seq, '🎉').catch((error: unknown) => error)
  await within(deleted, 'the deletion')
  expect(await within(late, 'the refusal')).toMatchObject({ code: 'conflict' })
  expect(messagesOf(atBen)).toMatchObject([{ text: '', reactions: [] }])
  await close()
})

test('[SDK120] a message is sent, then delivered without anybody’s doing, then read', async () => {
  const { ada, atAda, atBen, seq, close } = await setUp()
  const [message] = messagesOf(atBen)
  if (!message) throw new Error('no message')
  await hears(atBen, () => atBen.deliveryOf(message) === 'delivered', 'the delivery')
  const cursors = atBen.members.get().find(({ user }) => user.id === ada.id)
  expect([cursors?.deliveredSeq, (cursors?.readSeq ?? 0) < seq]).toEqual([seq, true])
  atAda.read()
  await hears(atBen, () => atBen.deliveryOf(message) === 'read', 'that it was read')
  await close()
})

test('[SDK123] who has read a message is told, also of members beyond those who are shown', async () => {
  const [ada, ...others] = await signInPeople(server, 'ada', ...oneTo(21).map((number) => `other${number}`))
  const last = others.at(-1)
  if (!ada || !last) throw new Error('nobody came')
  const { id } = await startGroup(server, ada, others)
  await using chat = await openChat(server, ada)
  const handle = chat.conversation(id)
  const message = await within(handle.send('to all').sent, 'the answer')
  const readers = async () => (await handle.readBy(message.seq))?.map(({ userId }) => userId)
  expect(await readers()).toEqual([ada.id])
  await doCall(server, last, `PUT /api/v1/conversations/${id}/read`, { seq: message.seq })
  expect((await readers())?.toSorted()).toEqual([ada.id, last.id].toSorted())
  // Of so many the copy doesn't hold all cursors, and claims nothing.
  expect(handle.deliveryOf(message)).toBe('sent')
})
