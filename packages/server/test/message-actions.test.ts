import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Message } from '@confab/protocol/message'
import { type Ask, documentedAsk } from './documented.ts'
import { openSynced, readLog, signInPeople, startDirect, startGroup } from './people.ts'
import { startServer, type TestServer } from './start-server.ts'

const conversations = '/api/v1/conversations'
const refused = (status: number, code: string) => ({ status, body: { status, code } })

let server: TestServer
let ask: Ask
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
  ask = await documentedAsk(server)
})
afterAll(() => server[Symbol.asyncDispose]())

/** Ada owns a group, Ben has said something in it, Cid listens, and Eve is a stranger. */
async function setUp() {
  const [ada, ben, cid, eve] = await signInPeople(server, 'ada', 'ben', 'cid', 'eve')
  const { id } = await startGroup(server, ada, [ben, cid])
  const path = `${conversations}/${id}`
  const sent = await ask(ben, `POST ${path}/messages`, { clientId: 'c1', text: 'first words' })
  const { seq } = sent.body as Message
  return { ada, ben, cid, eve, id, path, seq, one: `${path}/messages/${seq}` }
}

test('[ACT1] an edit reaches everybody, and no answer shows the old text again', async () => {
  const { ada, ben, cid, eve, id, one, seq } = await setUp()
  await using listening = await openSynced(server, cid)
  expect(await ask(eve, `PATCH ${one}`, { text: 'x' })).toMatchObject(refused(404, 'not_found'))
  expect(await ask(ada, `PATCH ${one}`, { text: 'x' })).toMatchObject(refused(403, 'forbidden'))
  expect(await ask(ben, `PATCH ${one}`, { text: ' ' })).toMatchObject(refused(400, 'invalid'))
  const edited = await ask(ben, `PATCH ${one}`, { text: 'other words' })
  expect(edited).toMatchObject({
    status: 200,
    body: { text: 'other words', event: { type: 'message.edited' } },
  })
  const told = await listening.next('event', ({ type }) => type === 'message.edited')
  expect(told.data).toMatchObject({ target: seq, text: 'other words' })
  expect(await ask(ben, `PATCH ${one}`, { text: 'other words' })).toMatchObject({ body: { event: null } })
  const log = await readLog(server, cid, id)
  expect(log.map(({ type }) => type).slice(3)).toEqual(['message.created', 'message.edited'])
  expect(JSON.stringify(log)).not.toContain('first words')
})

test('[ACT2] a deleted message keeps its place; what is done to it afterwards is a conflict', async () => {
  const { ada, ben, cid, eve, one, id, seq } = await setUp()
  await using socket = await openSynced(server, ben)
  expect(await ask(eve, `DELETE ${one}`)).toMatchObject(refused(404, 'not_found'))
  expect(await ask(cid, `DELETE ${one}`)).toMatchObject(refused(403, 'forbidden'))
  expect(await ask(ada, `DELETE ${one}`)).toMatchObject({
    status: 200,
    body: { event: { type: 'message.deleted' } },
  })
  await socket.next('event', ({ type }) => type === 'message.deleted')
  expect(await ask(ben, `GET ${one}`)).toMatchObject({ status: 200, body: { text: '', ordinal: 1 } })
  expect(await ask(ben, `DELETE ${one}`)).toMatchObject({ status: 200, body: { event: null } })
  const on = { conversationId: id, seq }
  for (const [method, params] of [
    ['message.edit', { ...on, text: 'again' }],
    ['message.react', { ...on, emoji: '👍' }],
    ['message.pin', on],
  ] as const) {
    const { data } = await socket.refusal(method, params)
    expect([method, data.code]).toEqual([method, 'conflict'])
  }
})

test('[ACT3] any one emoji is a reaction, once a user; what is none is refused', async () => {
  const { ada, ben, cid, id, one, seq } = await setUp()
  await using socket = await openSynced(server, ada)
  const on = { conversationId: id, seq }
  for (const emoji of ['👍', '👩‍👩‍👧', '🇫🇷', '1️⃣', '❤️', '👋🏽']) {
    expect((await socket.call('message.react', { ...on, emoji })).event).toMatchObject({ data: { emoji } })
    expect((await socket.call('message.react', { ...on, emoji })).event).toBeNull()
  }
  for (const emoji of ['', 'a', '1', '👍👍', 'ok👍']) {
    expect((await socket.refusal('message.react', { ...on, emoji })).data.code).toBe('invalid')
    if (emoji === '') continue
    for (const method of ['PUT', 'DELETE', 'GET'])
      expect(await ask(ada, `${method} ${one}/reactions/${encodeURIComponent(emoji)}`)).toMatchObject({
        ...refused(400, 'invalid'),
        body: { errors: [{ path: 'emoji' }] },
      })
  }
  const thumbs = `${one}/reactions/${encodeURIComponent('👍')}`
  await ask(cid, `PUT ${thumbs}`)
  const who = await ask(ben, `GET ${thumbs}`)
  expect(who).toMatchObject({ status: 200, body: { items: [{ id: ada.id }, { id: cid.id }], next: null } })
  const { body } = await ask(cid, `GET ${one}`)
  expect((body as Message).reactions[0]).toEqual({ emoji: '👍', count: 2, mine: true })
  expect(await ask(cid, `DELETE ${thumbs}`)).toMatchObject({ body: { event: { type: 'reaction.removed' } } })
  expect(await ask(cid, `DELETE ${thumbs}`)).toMatchObject({ body: { event: null } })
})

test('[ACT8] two spellings of an emoji are two kinds of reaction, each as it was sent', async () => {
  const { ada, ben, id, one } = await setUp()
  const [bare, qualified] = ['\u2764', '\u2764\ufe0f']
  const at = (emoji: string) => `${one}/reactions/${encodeURIComponent(emoji)}`
  const kinds = async () => ((await ask(ada, `GET ${one}`)).body as Message).reactions
  for (const emoji of [bare, qualified])
    expect(await ask(ada, `PUT ${at(emoji)}`)).toMatchObject({ body: { event: { data: { emoji } } } })
  await ask(ben, `PUT ${at(bare)}`)
  const both = [
    { emoji: bare, count: 2, mine: true },
    { emoji: qualified, count: 1, mine: true },
  ]
  expect(await kinds()).toEqual(both)
  const log = await readLog(server, ada, id)
  expect(log.flatMap(({ data }) => ('emoji' in data ? [data.emoji] : []))).toEqual([bare, qualified, bare])
  expect(await ask(ada, `GET ${at(qualified)}`)).toMatchObject({ body: { items: [{ id: ada.id }] } })

  await ask(ada, `DELETE ${at(bare)}`)
  expect(await kinds()).toEqual([{ emoji: bare, count: 1, mine: false }, ...both.slice(1)])
})

test('[ACT3] who reacted is told to members alone, whatever number is asked for', async () => {
  const { ada, eve, one, path, seq } = await setUp()
  const thumbs = encodeURIComponent('👍')
  await ask(ada, `PUT ${one}/reactions/${thumbs}`)
  expect(await ask(eve, `GET ${one}/reactions/${thumbs}`)).toMatchObject(refused(404, 'not_found'))
  // Of what is no message nobody is asked; of one without this reaction it is nobody.
  for (const none of [1, 999])
    expect(await ask(ada, `GET ${path}/messages/${none}/reactions/${thumbs}`)).toMatchObject(
      refused(404, 'not_found'),
    )
  expect(await ask(ada, `GET ${one}/reactions/${encodeURIComponent('🎉')}`)).toMatchObject({
    status: 200,
    body: { items: [], next: null },
  })
  const { id: own } = await startGroup(server, eve, [])
  const reactors = async (place: number) =>
    (await ask(eve, `GET ${conversations}/${own}/messages/${place}/reactions/${thumbs}`)).body as {
      items?: unknown[]
    }
  // A seq past 2^32 must not reach into another conversation's places.
  for (let step = 0; step <= 64; step++) {
    expect((await reactors(2 ** 32 * step + seq)).items ?? []).toEqual([])
  }
  expect(await ask(ada, `GET ${path}/messages/${2 ** 32}`)).toMatchObject(refused(404, 'not_found'))
})

test('[ACT4] pins are for everybody, set by any member and by nobody else', async () => {
  const { ada, cid, eve, path, one, seq } = await setUp()
  expect(await ask(eve, `PUT ${one}/pin`)).toMatchObject(refused(404, 'not_found'))
  expect(await ask(cid, `PUT ${one}/pin`)).toMatchObject({
    status: 200,
    body: { event: { type: 'message.pinned' } },
  })
  expect(await ask(ada, `GET ${path}/pins`)).toMatchObject({ body: { items: [{ seq, pinned: true }] } })
  expect(await ask(eve, `GET ${path}/pins`)).toMatchObject(refused(404, 'not_found'))
  await ask(ada, `DELETE ${one}/pin`)
  expect(await ask(ada, `GET ${path}/pins`)).toMatchObject({ body: { items: [] } })
})

test('[ACT5] a mention by handle is counted for whom it names until they have read it', async () => {
  const { ada, ben, cid, path } = await setUp()
  const handle = `ada_${crypto.randomUUID().slice(0, 8)}`
  await ask(ada, 'PATCH /api/v1/me', { handle })
  const text = `@${handle}, mail x@${handle}.org and @all`
  const { body } = await ask(ben, `POST ${path}/messages`, { clientId: 'c2', text })
  expect((body as Message).mentions).toEqual({ userIds: [ada.id], all: false })
  const mentionsOf = async (person: typeof ada) =>
    ((await ask(person, `GET ${path}`)).body as { me: { mentions: number } }).me.mentions
  expect([await mentionsOf(ada), await mentionsOf(cid)]).toEqual([1, 0])
  await ask(ada, `POST ${path}/messages`, { clientId: 'c3', text: '@all look' })
  expect([await mentionsOf(ada), await mentionsOf(cid)]).toEqual([0, 1])
})

test('[ACT6] a forward copies what its sender may read, names its author, and never where it was', async () => {
  const { ada, ben, eve, id, one, seq } = await setUp()
  const { id: direct } = await startDirect(server, eve, ada)
  const to = `${conversations}/${direct}/messages`
  const forward = { clientId: 'f1', forward: { conversationId: id, seq } }
  expect(await ask(eve, `POST ${to}`, forward)).toMatchObject(refused(404, 'not_found'))
  const sent = await ask(ada, `POST ${to}`, forward)
  const { createdAt } = (await ask(ada, `GET ${one}`)).body as Message
  expect(sent).toMatchObject({
    status: 201,
    body: { text: 'first words', senderId: ada.id, forwardedFrom: { senderId: ben.id, createdAt } },
  })
  expect(JSON.stringify(sent.body)).not.toContain(id)
  await ask(ben, `DELETE ${one}`)
  expect(await ask(ada, `POST ${to}`, forward)).toMatchObject({ status: 200, body: { text: 'first words' } })
  const again = { ...forward, clientId: 'f2' }
  expect(await ask(ada, `POST ${to}`, again)).toMatchObject(refused(409, 'conflict'))
  const both = { ...forward, clientId: 'f3', text: 'a comment' }
  expect(await ask(ada, `POST ${to}`, both)).toMatchObject(refused(400, 'invalid'))
})

test('[ACT7] the delivered cursor moves by itself, and is told to the others', async () => {
  const { ben, cid, id, seq } = await setUp()
  await using telling = await openSynced(server, cid)
  await using hearing = await openSynced(server, ben)
  await telling.call('delivered', { conversationId: id, seq })
  const receipt = await hearing.next('receipt', ({ userId }) => userId === cid.id)
  expect(receipt).toMatchObject({ conversationId: id, deliveredSeq: seq })
  expect(receipt.readSeq).toBeUndefined()
})
