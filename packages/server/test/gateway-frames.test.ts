import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { conversationId } from '@confab/protocol/ids'
import { openSynced, personal, readLog, signInPeople, startDirect, startGroup } from './people.ts'
import { openSocket, type RawSocket } from './raw-socket.ts'
import { startServer, type TestServer } from './start-server.ts'
import { within } from './within.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

/** A signed-in socket for what is sent by hand. */
async function openHand() {
  const [ann] = await signInPeople(server, 'ann')
  const socket = await openSocket(server, personal(ann))
  await socket.next('hello')
  return socket
}

/** The connection answers as before. */
const expectAlive = async (socket: RawSocket) => expect(await socket.call('ping')).toEqual({})

describe('what is no call', () => {
  test.each([
    ['no JSON', '{"id":1,'],
    ['nothing', ''],
    ['two values', '{} {}'],
    ['a lone quote', '"'],
    ['NUL', '\0'],
  ])('[GW20] %s is answered with -32700, and the socket stays', async (_what, frame) => {
    await using socket = await openHand()
    socket.send(frame)
    expect(await socket.reply()).toMatchObject({
      id: null,
      error: { code: -32700, data: { code: 'invalid' } },
    })
    await expectAlive(socket)
  })

  test.each([
    ['a batch', '[{"id":1,"method":"ping"}]', null],
    ['an empty batch', '[]', null],
    ['a number', '7', null],
    ['null', 'null', null],
    ['a string', '"ping"', null],
    ['no method', '{"id":1}', 1],
    ['a method that is no string', '{"id":"a","method":1}', 'a'],
    ['an id that is an object', '{"id":{},"method":"ping"}', null],
    ['an id that is null', '{"id":null,"method":"ping"}', null],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"ping"}', 1],
    ['an id that is true', '{"id":true,"method":"ping"}', null],
    ['an id of 257 characters', `{"id":"${'x'.repeat(257)}","method":"ping"}`, null],
  ])('[GW21] %s is answered with -32600, and the socket stays', async (_what, frame, id) => {
    await using socket = await openHand()
    socket.send(frame)
    expect(await socket.reply()).toMatchObject({ id, error: { code: -32600, data: { code: 'invalid' } } })
    await expectAlive(socket)
  })

  test.each(['nope', 'toString', '__proto__', 'constructor', 'Ping', 'message', ''])(
    '[GW22] the unknown method "%s" is answered with -32601, and the socket stays',
    async (method) => {
      await using socket = await openHand()
      expect(await socket.refusal(method)).toMatchObject({ code: -32601, data: { code: 'invalid' } })
      await expectAlive(socket)
    },
  )

  test('[GW23] wrong params are answered with -32602 and name each wrong field by its path', async () => {
    await using socket = await openHand()
    const refused = await socket.refusal('message.send', { conversationId: 'x', clientId: '', text: 7 })
    expect(refused).toMatchObject({ code: -32602, data: { code: 'invalid' } })
    expect(refused.data.errors?.map(({ path }) => path).sort()).toEqual([
      'clientId',
      'conversationId',
      'text',
    ])
    const nested = await socket.refusal('presence.watch', { userIds: [crypto.randomUUID(), 'x'] })
    expect(nested.data.errors?.map(({ path }) => path)).toEqual(['userIds.1'])
    // Not taken for a page of all one's conversations.
    const many = Array.from({ length: 101 }, () => crypto.randomUUID())
    for (const [ids, path] of [
      [['x'], 'ids.0'],
      [many, 'ids'],
      ['x', 'ids'],
    ] as const) {
      const { code, data } = await socket.refusal('conversations', { ids })
      expect([code, data.code, data.errors?.[0]?.path]).toEqual([-32602, 'invalid', path])
    }
    expect(await socket.call('conversations', { ids: [] })).toEqual({ items: [], next: null })
    for (const params of [
      [],
      'x',
      7,
      { cursors: [] },
      { cursors: { x: 1 } },
      { userRev: -1 },
      { since: 'now' },
    ]) {
      expect(await socket.refusal('sync', params)).toMatchObject({ code: -32602, data: { code: 'invalid' } })
    }
    await expectAlive(socket)
  })

  test('[GW23] a frame full of mistakes is answered in a few words, and of a stranger’s nothing is looked at', async () => {
    await using socket = await openHand()
    const userIds = Array.from({ length: 900 }, (_, index) => `x${index}`)
    const { data } = await socket.refusal('presence.watch', { userIds })
    expect(data.errors).toHaveLength(20)
    await using stranger = await openSocket(server)
    const refused = await stranger.refusal('presence.watch', { userIds })
    expect(refused).toMatchObject({ code: -32000, data: { code: 'unauthenticated' } })
    expect(refused.data.errors).toBeUndefined()
  })

  test('[GW24] ids are strings and numbers, given back as they came; "jsonrpc" may be there', async () => {
    await using socket = await openHand()
    for (const id of [0, 1, 1.5, 2 ** 53 - 1, '', 'a', '1', 'x'.repeat(256), '\u{1f600}']) {
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' }))
      expect(await socket.reply()).toEqual({ id, result: {} })
    }
  })

  test('[GW25] a notification, without an id, is done and not answered, nor is one that is refused', async () => {
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const { id, head } = await startDirect(server, ann, bob)
    await using socket = await openSynced(server, ann)
    const send = (frame: object) => socket.send(JSON.stringify(frame))
    send({ method: 'message.send', params: { conversationId: id, clientId: 'a', text: 'hello' } })
    send({ method: 'message.send', params: { conversationId: id, clientId: 'a', text: 'other' } })
    send({ method: 'message.send', params: { conversationId: id, clientId: 'b', text: '' } })
    send({ method: 'nope' })
    send({ id: 'last', method: 'ping' })
    expect((await socket.next('event')).seq).toBe(head + 1)
    expect(await socket.reply()).toEqual({ id: 'last', result: {} })
    await expectAlive(socket)
    expect(socket.order.filter((what) => what === 'reply')).toHaveLength(3)
  })

  test('[GW26] a binary frame is closed with 4400', async () => {
    await using socket = await openHand()
    socket.send(new TextEncoder().encode('{"id":1,"method":"ping"}'))
    expect(await within(socket.closed, 'the close')).toMatchObject({ code: 4400 })
  })

  test('[GW27] a frame of 1 MiB is read, one byte more is closed with 1009', async () => {
    await using fits = await openHand()
    await using exceeds = await openHand()
    const call = '{"id":1,"method":"ping"}'
    fits.send(call.padEnd(2 ** 20))
    expect(await fits.reply()).toEqual({ id: 1, result: {} })
    exceeds.send(call.padEnd(2 ** 20 + 1))
    // The client of these tests may see the connection cut before it has read why.
    expect([1009, 1006]).toContain((await within(exceeds.closed, 'the close')).code)
    await expectAlive(fits)
  })
})

describe('what may not be stored', () => {
  const text = (character: string, count: number) => character.repeat(count)

  test.each([
    ['5,001 characters', text('x', 5_001), text('x', 5_000)],
    ['5,001 emoji', text('\u{1f600}', 5_001), text('\u{1f600}', 5_000)],
    ['NUL', 'a\0b', 'a\u0001b'],
    ['a lone high surrogate', 'a\ud800', 'a\ud83d\ude00'],
    ['a lone low surrogate', '\udc00a', '\u{10ffff}a'],
    ['nothing', '', '.'],
    ['white space', ' \n\t\u3000', ' . '],
  ])('[GW28] a text of %s is invalid and changes nothing', async (_what, refused, stored) => {
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const { id, head } = await startDirect(server, ann, bob)
    await using socket = await openSynced(server, ann)
    const send = { conversationId: id, clientId: 'a' }
    const { code, data } = await socket.refusal('message.send', { ...send, text: refused })
    expect([code, data.code, data.errors?.map(({ path }) => path)]).toEqual([-32602, 'invalid', ['text']])
    expect((await socket.call('events', { conversationId: id })).head).toBe(head)
    const { message } = await socket.call('message.send', { ...send, text: stored })
    expect([message.seq, message.text]).toEqual([head + 1, stored])
    expect((await readLog(server, bob, id)).at(-1)?.data.message?.text).toBe(stored)
  })

  test.each([
    ['empty', ''],
    ['of 65 characters', 'x'.repeat(65)],
    ['with a lone surrogate', '\ud800'],
    ['with NUL', '\0'],
  ])('[GW28] a clientId %s is invalid', async (_what, clientId) => {
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const { id, head } = await startDirect(server, ann, bob)
    await using socket = await openSynced(server, ann)
    const send = { conversationId: id, text: 'hello' }
    expect(await socket.refusal('message.send', { ...send, clientId })).toMatchObject({
      code: -32602,
      data: { code: 'invalid', errors: [{ path: 'clientId' }] },
    })
    const { message } = await socket.call('message.send', { ...send, clientId: 'x'.repeat(64) })
    expect(message.seq).toBe(head + 1)
  })

  test('[GW28] a reply to what is no message, and attachments that are nobody’s, are invalid', async () => {
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const { id, head } = await startDirect(server, ann, bob)
    await using socket = await openSynced(server, ann)
    const send = { conversationId: id, text: 'hello' }
    for (const wrong of [
      { replyToSeq: 1 },
      { replyToSeq: head + 1 },
      { replyToSeq: 0 },
      { attachmentIds: [crypto.randomUUID()] },
    ]) {
      const refused = await socket.refusal('message.send', { ...send, clientId: 'a', ...wrong })
      expect([wrong, refused.code, refused.data.code]).toEqual([wrong, -32602, 'invalid'])
    }
    const first = await socket.call('message.send', { ...send, clientId: 'a' })
    const reply = await socket.call('message.send', { ...send, clientId: 'b', replyToSeq: head + 1 })
    expect([first.message.seq, reply.message.seq, reply.message.replyTo]).toEqual([
      head + 1,
      head + 2,
      { seq: head + 1 },
    ])
  })

  test('[GW29] what is others’ answers as what isn’t there, whatever one calls, and nothing is told', async () => {
    const [ann, bob, eve] = await signInPeople(server, 'ann', 'bob', 'eve')
    const { id, head } = await startGroup(server, ann, [bob])
    await using stranger = await openSynced(server, eve)
    await using member = await openSynced(server, bob)
    const calls = [
      ['message.send', { conversationId: id, clientId: 'a', text: 'hello' }],
      ['events', { conversationId: id, after: 0 }],
      ['history', { conversationId: id }],
      ['read', { conversationId: id, seq: 1 }],
      ['typing', { conversationId: id, typing: true }],
    ] as const
    const missing = conversationId.parse(Bun.randomUUIDv7())
    for (const [method, params] of calls) {
      const others = await stranger.refusal(method, params)
      expect([method, others.code, others.data.code]).toEqual([method, -32000, 'not_found'])
      expect(await stranger.refusal(method, { ...params, conversationId: missing })).toEqual(others)
    }
    expect(await stranger.call('conversations', { ids: [id, missing] })).toEqual({ items: [], next: null })
    expect((await stranger.call('sync', { cursors: { [id]: 1, [missing]: 1 } })).removed).toEqual([
      id,
      missing,
    ])
    for (const [method, params] of calls) await member.call(method, params)
    expect((await readLog(server, ann, id)).length).toBe(head + 1)
    expect(stranger.pushes.map(({ method }) => method)).toEqual(['hello'])
  })
})

describe('too many calls', () => {
  test('[GW30] a flood is closed with 4429 and told how long to wait', async () => {
    await using limited = await startServer()
    const [ann, bob] = await signInPeople(limited, 'ann', 'bob')
    await using flooding = await openSynced(limited, ann)
    await using other = await openSynced(limited, bob)
    // More than are let through in two looks, wherever within them the looks fall.
    for (let call = 0; call < 4_000; call++) flooding.send('{"method":"ping"}')
    expect(await within(flooding.closed, 'the close')).toEqual({ code: 4429, reason: 'retry-after-ms=1000' })
    await expectAlive(other)
    await using again = await openSynced(limited, ann)
    await expectAlive(again)
  })

  test('[GW31] messages beyond so many a minute are refused with a time to wait; a repeat is still answered', async () => {
    // Few, so that none is gained back while they are sent: one in twelve seconds.
    const messagesPerMinute = 5
    await using limited = await startServer({ MESSAGES_PER_MINUTE: String(messagesPerMinute) })
    const [ann, bob] = await signInPeople(limited, 'ann', 'bob')
    const { id, head } = await startDirect(limited, ann, bob)
    await using socket = await openSynced(limited, ann)
    await using device = await openSynced(limited, ann)
    await using other = await openSynced(limited, bob)
    const send = (number: number) => ({ conversationId: id, clientId: `a ${number}`, text: `text ${number}` })
    for (let number = 1; number <= messagesPerMinute; number++)
      await socket.call('message.send', send(number))
    const refused = await socket.refusal('message.send', send(messagesPerMinute + 1))
    expect(refused).toMatchObject({ code: -32000, data: { code: 'rate_limited' } })
    expect(refused.data.retryAfterMs).toBeGreaterThan(0)
    expect(refused.data.retryAfterMs).toBeLessThanOrEqual(12_000)
    // On no device of hers, but for everybody else.
    expect((await device.refusal('message.send', send(messagesPerMinute + 2))).data.code).toBe('rate_limited')
    expect((await device.call('message.send', send(3))).message.seq).toBe(head + 3)
    expect((await socket.refusal('message.send', { ...send(3), text: 'other' })).data.code).toBe(
      'client_id_reused',
    )
    expect((await other.call('message.send', send(1))).message.seq).toBe(head + messagesPerMinute + 1)
  })
})
