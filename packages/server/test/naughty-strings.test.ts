import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Conversation } from '@confab/protocol/conversation'
import type { Event } from '@confab/protocol/event'
import type { ConversationId } from '@confab/protocol/ids'
import { clientIdChars } from '@confab/protocol/limits'
import type { Message } from '@confab/protocol/message'
import { handlePattern, type User } from '@confab/protocol/user'
import { exportOf } from './exported.ts'
import { naughtyStrings } from './naughty-strings.ts'
import { doCall, openSynced, signInPeople, startChannel, startGroup } from './people.ts'
import { eventsOf } from './raw-socket.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'
import { openStream } from './stream.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

/** One after the other, so that what comes back is in the order of the list. */
async function eachInTurn<Result>(run: (text: string, index: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (const [index, text] of naughtyStrings.entries()) results.push(await run(text, index))
  return results
}

/** The next of the list, so that each stands in for another. */
const after = (index: number) => naughtyStrings[(index + 1) % naughtyStrings.length] ?? ''
const afterEach = naughtyStrings.map((_, index) => after(index))

async function pages<Item>(as: Person, path: string, next: (items: Item[]) => string): Promise<Item[]> {
  const all: Item[] = []
  for (;;) {
    const { items } = (await doCall(server, as, `GET ${path}${next(all)}`)) as { items: Item[] }
    all.push(...items)
    if (items.length === 0) return all
  }
}

const history = (as: Person, id: ConversationId) =>
  pages<Message>(
    as,
    `/api/v1/conversations/${id}/messages?limit=100&after=`,
    (all) => `${all.at(-1)?.seq ?? 0}`,
  )
const log = (as: Person, id: ConversationId) =>
  pages<Event>(as, `/api/v1/conversations/${id}/events?limit=500&after=`, (all) => `${all.at(-1)?.seq ?? 0}`)

const createdIn = (events: readonly Event[]) =>
  events.flatMap((event) => (event.type === 'message.created' ? [event.data.message.text] : []))

describe('what is said', () => {
  test('[NAUGHTY1] comes back byte for byte by every way, and so does what it is edited to', async () => {
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const { id } = await startGroup(server, ann, [bob])
    await using bobsSocket = await openSynced(server, bob)
    await using bobsStream = await openStream(server, bob)
    await bobsStream.call('sync')
    await using anns = await openSynced(server, ann)

    // By either door, in turn.
    const sent = await eachInTurn(async (text, index) => {
      if (index % 2 === 0) {
        const { message } = await anns.call('message.send', {
          conversationId: id,
          clientId: `${index}`,
          text,
        })
        return message
      }
      const body = { clientId: `${index}`, text }
      return (await doCall(server, ann, `POST /api/v1/conversations/${id}/messages`, body)) as Message
    })
    const last = sent.at(-1)?.seq ?? 0
    await bobsSocket.next('event', ({ seq }) => seq === last)
    expect(sent.map(({ text }) => text)).toEqual([...naughtyStrings])
    expect(createdIn(eventsOf(bobsSocket, id))).toEqual([...naughtyStrings])
    expect((await history(bob, id)).map(({ text }) => text)).toEqual([...naughtyStrings])
    expect(createdIn(await log(bob, id))).toEqual([...naughtyStrings])
    const streamed: Event[] = []
    while (streamed.at(-1)?.seq !== last) streamed.push(await bobsStream.next('event'))
    expect(createdIn(streamed)).toEqual([...naughtyStrings])
    const { messages } = await bobsSocket.call('history', { conversationId: id, limit: 100 })
    expect(messages.map(({ text }) => text)).toEqual(naughtyStrings.slice(-100))

    const edited = await eachInTurn(async (_text, index) => {
      const path = `/api/v1/conversations/${id}/messages/${sent[index]?.seq}`
      return (await doCall(server, ann, `PATCH ${path}`, { text: after(index) })) as { text: string }
    })
    expect(edited.map(({ text }) => text)).toEqual(afterEach)
    expect((await history(bob, id)).map(({ text }) => text)).toEqual(afterEach)
    expect(createdIn(await log(bob, id))).toEqual(afterEach)
    const synced = await bobsSocket.call('sync', { cursors: { [id]: 0 } })
    expect(createdIn(synced.events)).toEqual(afterEach.slice(0, createdIn(synced.events).length))
    expect(synced.conversations[0]?.lastMessage?.text).toBe(after(naughtyStrings.length - 1))
  })

  test('[NAUGHTY2] a draft comes back to one’s other devices as it was', async () => {
    const [ann] = await signInPeople(server, 'ann')
    const { id } = await startGroup(server, ann, [])
    await using other = await openSynced(server, ann)
    for (const draft of naughtyStrings) {
      const kept = await doCall(server, ann, `PATCH /api/v1/conversations/${id}/me`, { draft })
      expect((kept as Conversation).me?.draft).toBe(draft)
      const { conversation } = (await other.next(
        'conversation',
        (push) => 'conversation' in push && push.conversation.me?.draft === draft,
      )) as { conversation: Conversation }
      expect(conversation.me?.draft).toBe(draft)
    }
  })

  test('[NAUGHTY3] a clientId is whatever a program names it: each makes its message once', async () => {
    const [ann] = await signInPeople(server, 'ann')
    const { id } = await startGroup(server, ann, [])
    const path = `POST /api/v1/conversations/${id}/messages`
    for (const clientId of naughtyStrings.filter(({ length }) => length <= clientIdChars)) {
      const made = await server.call(ann, path, { clientId, text: 'Hello' })
      const again = await server.call(ann, path, { clientId, text: 'Hello' })
      expect([made.status, again.status, made.body]).toEqual([201, 200, again.body])
      expect(made.body).toMatchObject({ clientId })
    }
  })
})

describe('how things are called', () => {
  test('[NAUGHTY4] a conversation’s name and topic come back as they were, in its log too', async () => {
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const { id } = await startChannel(server, ann, [bob])
    await eachInTurn(async (name, index) => {
      const topic = after(index)
      const path = `/api/v1/conversations/${id}`
      expect(await doCall(server, ann, `PATCH ${path}`, { name, topic })).toMatchObject({ name, topic })
      expect(await doCall(server, bob, `GET ${path}`)).toMatchObject({ name, topic })
    })
    const changes = (await log(bob, id)).flatMap((event) =>
      event.type === 'conversation.changed' ? [event.data] : [],
    )
    expect(changes.map(({ name }) => name)).toEqual([...naughtyStrings])
    expect(changes.map(({ topic }) => topic)).toEqual(afterEach)
  })

  test('[NAUGHTY5] a person’s name and words of themselves come back as they were, and are found by', async () => {
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const found: string[] = []
    await eachInTurn(async (name, index) => {
      const bio = after(index)
      expect(await doCall(server, ann, 'PATCH /api/v1/me', { name, bio })).toMatchObject({ name, bio })
      expect(await doCall(server, bob, `GET /api/v1/users/${ann.id}`)).toMatchObject({ name, bio })
      const answer = await doCall(server, bob, `GET /api/v1/users?query=${encodeURIComponent(name)}`)
      const { items } = answer as { items: User[] }
      if (items.some(({ id }) => id === ann.id)) found.push(name)
    })
    // A search begins at a letter or a digit; where a name has none there is nothing to find.
    const findable = naughtyStrings.filter((name) => /^\s*[\p{L}\p{N}]/u.test(name.normalize('NFKD')))
    expect(findable.filter((name) => !found.includes(name))).toEqual([])
  })

  test('[NAUGHTY5] whatever is looked for, the directory and the channels answer', async () => {
    const [ann] = await signInPeople(server, 'ann')
    for (const where of ['users', 'channels']) {
      const statuses = await eachInTurn(async (text) => {
        const answer = await server.call(ann, `GET /api/v1/${where}?query=${encodeURIComponent(text)}`)
        return answer.status
      })
      expect(new Set(statuses)).toEqual(new Set([200]))
    }
  })

  test('[NAUGHTY6] a handle is kept as it is or refused, is called by its mention, and none is “all”', async () => {
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const { id } = await startGroup(server, ann, [bob])
    const kept: string[] = []
    await eachInTurn(async (handle) => {
      const answer = await server.call(ann, 'PATCH /api/v1/me', { handle })
      if (answer.status !== 200)
        return expect(answer).toMatchObject({ status: 400, body: { code: 'invalid' } })
      expect(answer.body).toMatchObject({ handle })
      kept.push(handle)
      const body = { clientId: handle, text: `Hello @${handle}!` }
      const message = await doCall(server, bob, `POST /api/v1/conversations/${id}/messages`, body)
      expect(message).toMatchObject({ mentions: { userIds: [ann.id], all: false } })
    })
    expect(kept).toEqual(naughtyStrings.filter((text) => handlePattern.test(text) && text !== 'all'))
    expect(kept).toContain('__proto__')
  })

  test('[NAUGHTY6] who comes from an address `all@…` gets another handle', async () => {
    const all = await server.signIn('all@example.com')
    expect(await doCall(server, all, 'GET /api/v1/me')).toMatchObject({ handle: 'all2' })
  })
})

test('[NAUGHTY8] in one’s export it stands byte for byte: what was said, names, words of oneself', async () => {
  const [ann] = await signInPeople(server, 'ann')
  const [name = '', bio = ''] = naughtyStrings.filter((text) => text.includes('<')).slice(-2)
  await doCall(server, ann, 'PATCH /api/v1/me', { name, bio })
  const { id } = await startGroup(server, ann, [])
  await eachInTurn((text, index) =>
    doCall(server, ann, `POST /api/v1/conversations/${id}/messages`, { clientId: `${index}`, text }),
  )
  const files = await exportOf(server, ann)
  const read = (file: string) => JSON.parse(files.get(file) ?? 'null')
  expect(read('profile.json')).toMatchObject([{ name, bio }])
  expect(read(`conversations/${id}.json`).map(({ text }: Message) => text)).toEqual([...naughtyStrings])
})

test('[NAUGHTY7] none of it is a failure of the server, or a line of its own in the log', async () => {
  const [ann] = await signInPeople(server, 'ann')
  const { id } = await startGroup(server, ann, [])
  for (const text of naughtyStrings) {
    await doCall(server, ann, `POST /api/v1/conversations/${id}/messages`, {
      clientId: crypto.randomUUID(),
      text,
    })
    await server.call(ann, `GET /api/v1/nothing/${encodeURIComponent(text)}`)
    await server.call(ann, 'POST /api/v1/conversations', { kind: text, name: text, memberIds: [text] })
  }
  const lines = server.log().trim().split('\n')
  expect(lines.map((line) => typeof JSON.parse(line))).toEqual(lines.map(() => 'object'))
  expect(lines.filter((line) => /"level":[456]0/.test(line))).toEqual([])
})
