import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CallParams } from '@confab/protocol/calls'
import type { Message } from '@confab/protocol/message'
import { oneTo, openSynced, readLog, signInPeople, startChannel, startDirect, startGroup } from './people.ts'
import { eventsOf, type RawSocket } from './raw-socket.ts'
import { startServer, type TestServer } from './start-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

test('[GW40] the acknowledgement holds the message, as everybody will see it', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id, head } = await startDirect(server, ann, bob)
  await using socket = await openSynced(server, ann)
  const send = { conversationId: id, clientId: 'a', text: '<b>héllo</b> \u{1f600}\r\n' }
  const { message } = await socket.call('message.send', { ...send, priority: 'high' })
  expect(message).toEqual({
    conversationId: id,
    seq: head + 1,
    updatedSeq: head + 1,
    ordinal: 1,
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
    clientId: 'a',
    senderId: ann.id,
    text: send.text,
    attachments: [],
    mentions: { userIds: [], all: false },
    replyTo: null,
    forwardedFrom: null,
    reactions: [],
    pinned: false,
    priority: 'high',
    createdAt: expect.any(String),
    editedAt: null,
    deletedAt: null,
  })
  expect((await socket.call('history', { conversationId: id })).messages).toEqual([message])
})

test('[GW41] every socket of every member gets each event once, in order, the sender’s own included', async () => {
  const [ann, bob, carl] = await signInPeople(server, 'ann', 'bob', 'carl')
  const conversations = [
    await startDirect(server, ann, bob),
    await startGroup(server, ann, [bob, carl]),
    await startChannel(server, ann, [bob]),
  ]
  await using annsSocket = await openSynced(server, ann)
  await using annsOther = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  await using carls = await openSynced(server, carl)
  const everywhere = [annsSocket, annsOther, bobs]
  for (const { id, head, memberCount } of conversations) {
    const sent: Message[] = []
    for (const [sender, clientId] of [
      [annsSocket, 'a'],
      [bobs, 'b'],
      [annsOther, 'c'],
    ] as const) {
      const send = { conversationId: id, clientId, text: `I am ${clientId}` }
      sent.push((await sender.call('message.send', send)).message)
    }
    const expected = sent.map((message) => ({
      conversationId: id,
      seq: message.seq,
      type: 'message.created',
      actorId: message.senderId,
      at: message.createdAt,
      data: { message },
    }))
    expect(sent.map(({ seq }) => seq)).toEqual([head + 1, head + 2, head + 3])
    for (const socket of memberCount === 3 ? [...everywhere, carls] : everywhere) {
      await socket.next('event', ({ conversationId, seq }) => conversationId === id && seq === head + 3)
      expect(eventsOf(socket, id)).toEqual(expected as ReturnType<typeof eventsOf>)
    }
  }
  await carls.call('ping')
  expect(carls.pushes.filter(({ method }) => method === 'event')).toHaveLength(3)
})

test('[GW42] a repeat is answered with the first message, on any socket, over REST and after a restart', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-repeat-'))
  await using _removal = { [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true }) }
  const stopped = await startServer({}, { dataDir })
  const [ann, bob] = await signInPeople(stopped, 'ann', 'bob')
  const { id, head } = await startDirect(stopped, ann, bob)
  const send = { conversationId: id, clientId: 'a', text: 'once' }
  const path = `/api/v1/conversations/${id}/messages`
  const socket = await openSynced(stopped, ann)
  const other = await openSynced(stopped, ann)
  const { message } = await socket.call('message.send', send)
  expect((await socket.call('message.send', send)).message).toEqual(message)
  expect((await other.call('message.send', send)).message).toEqual(message)
  expect(await stopped.call(ann, `POST ${path}`, send)).toMatchObject({ status: 200, body: message })
  expect(await stopped.stop()).toBe(0)

  await using server = await startServer({}, { dataDir })
  await using again = await openSynced(server, ann)
  expect((await again.call('message.send', send)).message).toEqual(message)
  // The same clientId of another sender, or in another conversation, is another message.
  await using bobs = await openSynced(server, bob)
  expect((await bobs.call('message.send', send)).message.seq).toBe(head + 2)
  const notes = await startDirect(server, ann, ann)
  const elsewhere = { ...send, conversationId: notes.id }
  expect((await again.call('message.send', elsewhere)).message.seq).toBe(notes.head + 1)
  expect((await readLog(server, ann, id)).map(({ seq }) => seq)).toEqual(oneTo(head + 2))
})

test('[GW43] a clientId with another content is refused and changes nothing', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id, head } = await startDirect(server, ann, bob)
  await using socket = await openSynced(server, ann)
  const send = { conversationId: id, clientId: 'b', text: 'hello' }
  await socket.call('message.send', { ...send, clientId: 'a' })
  const { message } = await socket.call('message.send', send)
  for (const other of [{ text: 'hello ' }, { text: 'Hello' }, { replyToSeq: head + 1 }]) {
    const { code, data } = await socket.refusal('message.send', { ...send, ...other })
    expect([other, code, data.code]).toEqual([other, -32000, 'client_id_reused'])
  }
  expect((await socket.call('message.send', { ...send, seenSeq: head })).message).toEqual(message)
  expect((await socket.call('events', { conversationId: id })).head).toBe(head + 2)
})

test('[GW42] a repeat that comes while the first is under way makes no second message', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id, head } = await startDirect(server, ann, bob)
  await using socket = await openSynced(server, ann)
  await using other = await openSynced(server, ann)
  const send = { conversationId: id, clientId: 'a', text: 'once' }
  const sends = oneTo(50).flatMap(() => [socket.call('message.send', send), other.call('message.send', send)])
  const seqs = (await Promise.all(sends)).map(({ message }) => message.seq)
  expect(new Set(seqs)).toEqual(new Set([head + 1]))
  expect((await readLog(server, bob, id)).length).toBe(head + 1)
})

test('[GW44] pipelined sends of one connection are appended in the order in which they came', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id, head } = await startDirect(server, ann, bob)
  await using anns = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  const count = 200
  const sendAll = (socket: RawSocket, name: string) =>
    Promise.all(
      oneTo(count).map((number) =>
        socket.call('message.send', { conversationId: id, clientId: `${name} ${number}`, text: `${number}` }),
      ),
    )
  const [byAnn, byBob] = await Promise.all([sendAll(anns, 'ann'), sendAll(bobs, 'bob')])
  for (const sent of [byAnn, byBob]) {
    const seqs = sent.map(({ message }) => message.seq)
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
  }
  const log = (await readLog(server, ann, id)).slice(head)
  expect(log.map(({ seq }) => seq)).toEqual(oneTo(2 * count).map((number) => head + number))
  for (const sender of [ann, bob]) {
    const texts = log.filter(({ actorId }) => actorId === sender.id).map(({ data }) => data.message?.text)
    expect(texts).toEqual(oneTo(count).map(String))
  }
  for (const socket of [anns, bobs]) {
    await socket.next('event', ({ seq }) => seq === head + 2 * count)
    expect(eventsOf(socket, id).map(({ seq }) => seq)).toEqual(log.map(({ seq }) => seq))
    const times = eventsOf(socket, id).map(({ at }) => at)
    expect(times).toEqual(times.toSorted())
  }
})

test('[GW44] a comment that follows its forward comes after it, while others’ sends are being flushed', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id, head } = await startDirect(server, ann, bob)
  await using anns = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  const send = (socket: RawSocket, params: Omit<CallParams['message.send'], 'conversationId'>) =>
    socket.call('message.send', { conversationId: id, ...params })
  const source = await send(anns, { clientId: 'source', text: 'source' })
  const forward = { conversationId: id, seq: source.message.seq }
  const count = 20
  await Promise.all(
    oneTo(count).flatMap((number) => [
      send(bobs, { clientId: `beside ${number}`, text: 'beside' }),
      send(anns, { clientId: `forward ${number}`, forward }),
      send(anns, { clientId: `comment ${number}`, text: `${number}` }),
    ]),
  )
  const log = (await readLog(server, ann, id)).slice(head + 1)
  const texts = log.filter(({ actorId }) => actorId === ann.id).map(({ data }) => data.message?.text)
  expect(texts).toEqual(oneTo(count).flatMap((number) => ['source', `${number}`]))
})

test('[GW44] REST, sockets and both members at once: one order without gaps, the same for everybody', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id, head } = await startGroup(server, ann, [bob])
  await using anns = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  const count = 50
  const path = `POST /api/v1/conversations/${id}/messages`
  await Promise.all(
    oneTo(count).flatMap((number) => [
      anns.call('message.send', { conversationId: id, clientId: `s ${number}`, text: 'socket' }),
      bobs.call('message.send', { conversationId: id, clientId: `s ${number}`, text: 'socket' }),
      server.call(ann, path, { clientId: `r ${number}`, text: 'REST' }),
    ]),
  )
  const seqs = oneTo(3 * count).map((number) => head + number)
  const log = (await readLog(server, bob, id)).slice(head)
  expect(log.map(({ seq }) => seq)).toEqual(seqs)
  for (const socket of [anns, bobs]) {
    await socket.next('event', ({ seq }) => seq === head + 3 * count)
    expect(eventsOf(socket, id)).toEqual(log as ReturnType<typeof eventsOf>)
  }
})

test('[GW45] sending moves one’s own read cursor; with seenSeq only over what was seen', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const { id, head } = await startDirect(server, ann, bob)
  await using anns = await openSynced(server, ann)
  await using bobs = await openSynced(server, bob)
  const myself = async (socket: RawSocket) => {
    const { items } = await socket.call('conversations', { ids: [id] })
    return [items[0]?.me?.readSeq, items[0]?.me?.unread]
  }
  await bobs.call('message.send', { conversationId: id, clientId: '1', text: 'unseen' })
  await anns.call('message.send', { conversationId: id, clientId: '1', text: 'crossing', seenSeq: head })
  expect(await myself(anns)).toEqual([head, 2])
  expect(await myself(bobs)).toEqual([head + 1, 1])
  await anns.call('message.send', { conversationId: id, clientId: '2', text: 'read', seenSeq: head + 2 })
  expect(await myself(anns)).toEqual([head + 3, 0])
  await bobs.call('message.send', { conversationId: id, clientId: '2', text: 'old client' })
  expect(await myself(bobs)).toEqual([head + 4, 0])
})
