import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Message } from '@confab/protocol/message'
import { type Ask, documentedAsk } from './documented.ts'
import { openSynced, signInPeople, startGroup } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'

const problem = (status: number, code: string) => ({ status, body: { status, code } })

let server: TestServer
let ask: Ask
beforeAll(async () => {
  server = await startServer()
  ask = await documentedAsk(server)
})
afterAll(() => server[Symbol.asyncDispose]())

/** A group of ada and ben, and eve who is no member. Its log: 1 ada joined, 2 ben joined. */
async function start() {
  const [ada, ben, eve] = await signInPeople(server, 'ada', 'ben', 'eve')
  const { id } = await startGroup(server, ada, [ben])
  const path = `/api/v1/conversations/${id}`
  const send = (as: Person, clientId: string, text: string, more: object = {}) =>
    ask(as, `POST ${path}/messages`, { clientId, text, ...more })
  const history = async (query = '') => {
    const { body } = await ask(ada, `GET ${path}/messages${query}`)
    const { items, head } = body as { items: Message[]; head: number }
    return { texts: items.map(({ text }) => text), head }
  }
  return { ada, ben, eve, id, path, send, history }
}

describe('sending', () => {
  test('[REST15] a message is made once: 201, then 200 with the message as it stands', async () => {
    const { ada, ben, id, send, history } = await start()
    const first = await send(ada, 'one', 'Hello, Ben')
    expect(first).toMatchObject({
      status: 201,
      body: {
        conversationId: id,
        seq: 3,
        updatedSeq: 3,
        ordinal: 1,
        clientId: 'one',
        senderId: ada.id,
        text: 'Hello, Ben',
        attachments: [],
        mentions: { userIds: [], all: false },
        replyTo: null,
        forwardedFrom: null,
        reactions: [],
        pinned: false,
        priority: null,
        editedAt: null,
        deletedAt: null,
      },
    })
    expect(await send(ada, 'one', 'Hello, Ben')).toMatchObject({ status: 200, body: first.body as Message })
    expect(await send(ben, 'one', 'Hello, Ada')).toMatchObject({ status: 201, body: { seq: 4, ordinal: 2 } })
    expect(await history()).toEqual({ texts: ['Hello, Ben', 'Hello, Ada'], head: 4 })
  })

  test('[REST16] the same clientId with another content is refused', async () => {
    const { ada, send, history } = await start()
    await send(ada, 'one', 'first')
    expect(await send(ada, 'one', 'second')).toMatchObject(problem(409, 'client_id_reused'))
    expect(await send(ada, 'one', 'first', { replyToSeq: 3 })).toMatchObject(problem(409, 'client_id_reused'))
    expect(await history()).toEqual({ texts: ['first'], head: 3 })
  })

  test('[REST17] who is no member sends nothing, whether or not there is such a conversation', async () => {
    const { eve, send, history } = await start()
    const hidden = await send(eve, 'one', 'let me in')
    const missing = await ask(
      eve,
      'POST /api/v1/conversations/01939c2e-0000-7000-8000-000000000001/messages',
      {
        clientId: 'one',
        text: 'let me in',
      },
    )
    expect(hidden).toMatchObject(problem(404, 'not_found'))
    expect({ status: missing.status, body: missing.body }).toEqual({
      status: hidden.status,
      body: hidden.body,
    })
    expect(await history()).toEqual({ texts: [], head: 2 })
  })

  const lone = String.fromCharCode(0xd800)
  const wrong: [what: string, body: unknown, path: string][] = [
    ['5,001 code points', { clientId: 'c', text: 'x'.repeat(5_001) }, 'text'],
    ['5,001 code points of two units each', { clientId: 'c', text: '𝄞'.repeat(5_001) }, 'text'],
    ['a lone surrogate', { clientId: 'c', text: `a${lone}b` }, 'text'],
    ['a lone surrogate in the clientId', { clientId: lone, text: 'a' }, 'clientId'],
    ['a NUL', { clientId: 'c', text: 'a\0b' }, 'text'],
    ['nothing to say', { clientId: 'c' }, 'text'],
    ['blanks', { clientId: 'c', text: ' \n\t ' }, 'text'],
    ['no clientId', { text: 'a' }, 'clientId'],
    ['an empty clientId', { clientId: '', text: 'a' }, 'clientId'],
    ['a clientId of 65 characters', { clientId: 'c'.repeat(65), text: 'a' }, 'clientId'],
    ['a number as text', { clientId: 'c', text: 17 }, 'text'],
    ['null as text', { clientId: 'c', text: null }, 'text'],
    ['a reply to half a message', { clientId: 'c', text: 'a', replyToSeq: 1.5 }, 'replyToSeq'],
    ['an unknown priority', { clientId: 'c', text: 'a', priority: 'low' }, 'priority'],
    ['an attachment that is none', { clientId: 'c', text: 'a', attachmentIds: ['x'] }, 'attachmentIds.0'],
    ['a list', [], ''],
    ['null', null, ''],
  ]
  test.each(wrong)('[REST18] %s is invalid, names the field and changes nothing', async (_, body, path) => {
    const { ada, path: conversation, history } = await start()
    const answer = await ask(ada, `POST ${conversation}/messages`, body)
    expect(answer).toMatchObject(problem(400, 'invalid'))
    expect(answer.body).toMatchObject({ errors: [{ path }] })
    expect(await history()).toEqual({ texts: [], head: 2 })
  })

  test('[REST18] a text at the limit, and whatever looks like markup, is stored as sent', async () => {
    const { ada, send } = await start()
    for (const text of [
      '𝄞'.repeat(5_000),
      ' <b onclick="x()">&amp;</b>\r\n ',
      '\u202e\u0007‍',
      '; DROP TABLE',
    ]) {
      expect(await send(ada, crypto.randomUUID(), text)).toMatchObject({ status: 201, body: { text } })
    }
  })

  test('[HTTP4] [REST18] a text that is not UTF-8 is invalid, not mended', async () => {
    const { ada, path, history } = await start()
    const answer = await fetch(`${server.url}${path}/messages`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${ada.token}`, 'Content-Type': 'application/json' },
      body: new Uint8Array([...new TextEncoder().encode('{"clientId":"c","text":"a'), 0xff, 0x22, 0x7d]),
    })
    expect(answer.status).toBe(400)
    expect(await history()).toEqual({ texts: [], head: 2 })
  })

  test('[REST19] a reply names a message of the same conversation', async () => {
    const { ada, ben, send } = await start()
    await send(ada, 'one', 'a question')
    expect(await send(ben, 'two', 'an answer', { replyToSeq: 3 })).toMatchObject({
      status: 201,
      body: { replyTo: { seq: 3 } },
    })
    for (const replyToSeq of [1, 99])
      expect(await send(ben, `${replyToSeq}`, 'to no message', { replyToSeq })).toMatchObject({
        ...problem(400, 'invalid'),
        body: { code: 'invalid', errors: [{ path: 'replyToSeq' }] },
      })
  })

  test('[REST20] above the limit: 429 with a time to wait, except for what was sent before', async () => {
    await using limited = await startServer({ MESSAGES_PER_MINUTE: '2' })
    const askLimited = await documentedAsk(limited)
    const [ada, ben] = await signInPeople(limited, 'ada', 'ben')
    const { id } = await startGroup(limited, ada, [ben])
    const send = (as: Person, clientId: string) =>
      askLimited(as, `POST /api/v1/conversations/${id}/messages`, { clientId, text: clientId })
    expect((await send(ada, 'one')).status).toBe(201)
    expect((await send(ada, 'two')).status).toBe(201)
    const refused = await send(ada, 'three')
    expect(refused).toMatchObject(problem(429, 'rate_limited'))
    expect(Number(refused.headers.get('retry-after'))).toBeWithin(1, 61)
    expect((await send(ada, 'one')).status).toBe(200)
    expect((await send(ben, 'one')).status).toBe(201)
  })
})

describe('reading', () => {
  test('[REST21] history comes by pages around, before and after a seq, ascending', async () => {
    const { ada, path, send, history } = await start()
    for (const text of ['a', 'b', 'c', 'd', 'e']) await send(ada, text, text)
    expect(await history()).toEqual({ texts: ['a', 'b', 'c', 'd', 'e'], head: 7 })
    expect(await history('?limit=2')).toEqual({ texts: ['d', 'e'], head: 7 })
    expect(await history('?before=6&limit=2')).toEqual({ texts: ['b', 'c'], head: 7 })
    expect(await history('?after=4&limit=2')).toEqual({ texts: ['c', 'd'], head: 7 })
    expect(await history('?after=0&limit=1')).toEqual({ texts: ['a'], head: 7 })
    expect((await history('?around=5&limit=3')).texts).toContain('c')
    // Past every log is past this one's end.
    const far = Number.MAX_SAFE_INTEGER
    expect(await history(`?before=${far}&limit=1`)).toEqual({ texts: ['e'], head: 7 })
    expect(await history(`?around=${far}&limit=1`)).toEqual({ texts: ['e'], head: 7 })
    expect(await history(`?after=${far}`)).toEqual({ texts: [], head: 7 })
    for (const query of ['before=2&after=3', 'before=0', 'after=-1', 'limit=0', 'limit=1e2', 'around=x']) {
      expect(await ask(ada, `GET ${path}/messages?${query}`)).toMatchObject(problem(400, 'invalid'))
    }
  })

  test('[REST31] a page is as new as `minHead` asks; past its end the log is as it stands', async () => {
    const { ada, path, send, history } = await start()
    const whole = { texts: ['a', 'b'], head: 4 }
    for (const text of ['a', 'b']) await send(ada, text, text)
    for (const minHead of [0, 4, 5, Number.MAX_SAFE_INTEGER])
      expect(await history(`?minHead=${minHead}`)).toEqual(whole)
    for (const minHead of ['-1', '1.5', 'x', ''])
      expect(await ask(ada, `GET ${path}/messages?minHead=${minHead}`)).toMatchObject(problem(400, 'invalid'))
  })

  test('[REST22] one message, with who has read it', async () => {
    const { ada, ben, eve, path, send } = await start()
    await send(ada, 'one', 'read me')
    const find = (as: Person, seq: number | string) => ask(as, `GET ${path}/messages/${seq}`)
    await ask(ben, `PUT ${path}/read`, { seq: 3 })
    const { body } = await find(ada, 3)
    const { readBy } = body as { readBy: { userId: string }[] }
    expect(body).toMatchObject({ text: 'read me' })
    expect(readBy.map(({ userId }) => userId)).toContain(ben.id)
    for (const seq of [1, 99, 0, 'x', '3.0'])
      expect(await find(ada, seq)).toMatchObject(problem(404, 'not_found'))
    expect(await find(eve, 3)).toMatchObject(problem(404, 'not_found'))
  })

  test('[REST23] the log after a seq, whole and in order', async () => {
    const { ada, ben, eve, path, send } = await start()
    const sent = await send(ada, 'one', 'hello')
    const { body } = await ask(ben, `GET ${path}/events`)
    expect(body).toMatchObject({
      items: [
        { seq: 1, type: 'member.joined', actorId: ada.id, data: { userId: ada.id } },
        { seq: 2, type: 'member.joined', actorId: ada.id, data: { userId: ben.id } },
        { seq: 3, type: 'message.created', actorId: ada.id, data: { message: sent.body as Message } },
      ],
      head: 3,
    })
    expect((await ask(ben, `GET ${path}/events?after=2&limit=9000`)).body).toMatchObject({
      items: [{ seq: 3 }],
    })
    for (const after of [3, Number.MAX_SAFE_INTEGER])
      expect((await ask(ben, `GET ${path}/events?after=${after}`)).body).toEqual({ items: [], head: 3 })
    expect(await ask(eve, `GET ${path}/events`)).toMatchObject(problem(404, 'not_found'))
    expect(await ask(ben, `GET ${path}/events?after=x`)).toMatchObject(problem(400, 'invalid'))
  })

  test('[REST32] a page of the log ends where 1 MiB is full, without a hole, and the next one goes on', async () => {
    const { ada, ben, path, send } = await start()
    const long = '\u{1f600}'.repeat(5_000)
    for (let n = 0; n < 60; n++) expect((await send(n % 2 ? ada : ben, `${n}`, long)).status).toBe(201)
    const pages: number[][] = []
    for (let after = 0; after < 62; after = pages.at(-1)?.at(-1) ?? 62) {
      const { body } = await ask(ben, `GET ${path}/events?limit=500&after=${after}`)
      expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(1024 * 1024)
      const { items, head } = body as { items: { seq: number }[]; head: number }
      expect(head).toBe(62)
      pages.push(items.map(({ seq }) => seq))
    }
    expect(pages.length).toBe(2)
    expect(pages.flat()).toEqual(Array.from({ length: 62 }, (_, index) => index + 1))
  })

  test('[REST24] the read cursor goes forward only, and not past the head', async () => {
    const { ada, ben, eve, path, send } = await start()
    for (const text of ['a', 'b', 'c']) await send(ada, text, text)
    const mine = async () => {
      const { body } = await ask(ben, `GET ${path}`)
      const { me } = body as { me: { readSeq: number; unread: number } }
      return { readSeq: me.readSeq, unread: me.unread }
    }
    const read = (as: Person, seq: unknown) => ask(as, `PUT ${path}/read`, { seq })
    expect(await mine()).toEqual({ readSeq: 2, unread: 3 })
    expect((await read(ben, 4)).status).toBe(204)
    expect(await mine()).toEqual({ readSeq: 4, unread: 1 })
    expect((await read(ben, 3)).status).toBe(204)
    expect(await mine()).toEqual({ readSeq: 4, unread: 1 })
    expect((await read(ben, Number.MAX_SAFE_INTEGER)).status).toBe(204)
    expect(await mine()).toEqual({ readSeq: 5, unread: 0 })
    expect(await read(ben, -1)).toMatchObject(problem(400, 'invalid'))
    expect(await read(ben, '4')).toMatchObject(problem(400, 'invalid'))
    expect(await read(eve, 4)).toMatchObject(problem(404, 'not_found'))
  })
})

describe('beside the socket', () => {
  test('[REST25] what is sent over REST arrives on sockets', async () => {
    const { ada, ben, send } = await start()
    await using socket = await openSynced(server, ben)
    const sent = await send(ada, 'one', 'over there')
    const event = await socket.next('event', ({ type }) => type === 'message.created')
    expect(event.data).toEqual({ message: sent.body as Message })
  })

  test('[REST26] a ticket opens one socket', async () => {
    const { ada } = await start()
    const issued = await ask(ada, 'POST /api/v1/ws/ticket')
    expect(issued.status).toBe(201)
    const { ticket } = issued.body as { ticket: string }
    await using socket = await openSocket(server, { ticket })
    expect(await socket.next('hello')).toMatchObject({ userId: ada.id })
    await using second = await openSocket(server, { ticket })
    expect(await second.closed).toMatchObject({ code: 4401 })
    expect(await ask(undefined, 'POST /api/v1/ws/ticket')).toMatchObject(problem(401, 'unauthenticated'))
  })
})
