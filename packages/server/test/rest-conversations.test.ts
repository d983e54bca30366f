import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Conversation } from '@confab/protocol/conversation'
import { type Ask, documentedAsk } from './documented.ts'
import { signInPeople, startChannel, startDirect, startGroup } from './people.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'

const conversations = '/api/v1/conversations'
const unknownId = '01939c2e-0000-7000-8000-000000000001'
const problem = (status: number, code: string) => ({ status, body: { status, code } })

let server: TestServer
let ask: Ask
beforeAll(async () => {
  server = await startServer()
  ask = await documentedAsk(server)
})
afterAll(() => server[Symbol.asyncDispose]())

describe('beginning one', () => {
  test('[REST2] a group is made once for a clientId, by its creator as owner', async () => {
    const [ada, ben] = await signInPeople(server, 'ada', 'ben')
    const wanted = { clientId: 'c1', kind: 'group', name: 'Kites', topic: 'in the air', memberIds: [ben.id] }
    const made = await ask(ada, `POST ${conversations}`, wanted)
    expect(made).toMatchObject({
      status: 201,
      body: {
        kind: 'group',
        name: 'Kites',
        topic: 'in the air',
        visibility: 'private',
        head: 2,
        memberCount: 2,
        lastMessage: null,
        members: [
          { user: { id: ada.id }, role: 'owner', joinedSeq: 1 },
          { user: { id: ben.id }, role: 'member', joinedSeq: 2 },
        ],
        me: { role: 'owner', unread: 0 },
      },
    })
    expect(await ask(ada, `POST ${conversations}`, wanted)).toMatchObject({
      status: 200,
      body: made.body as object,
    })
    const other = await ask(ada, `POST ${conversations}`, { ...wanted, clientId: 'c2' })
    expect(other.status).toBe(201)
  })

  test('[REST3] a pair has one direct conversation, and each has one with oneself', async () => {
    const [ada, ben] = await signInPeople(server, 'ada', 'ben')
    const direct = (by: Person, other: Person) =>
      ask(by, `POST ${conversations}`, { kind: 'direct', memberIds: [other.id] })
    const made = await direct(ada, ben)
    expect(made.status).toBe(201)
    const { id } = made.body as Conversation
    expect(await direct(ada, ben)).toMatchObject({ status: 200, body: { id } })
    expect(await direct(ben, ada)).toMatchObject({ status: 200, body: { id } })
    const notes = await direct(ada, ada)
    expect(notes).toMatchObject({ status: 201, body: { memberCount: 1 } })
    expect(await direct(ada, ada)).toMatchObject({
      status: 200,
      body: { id: (notes.body as Conversation).id },
    })
  })

  test('[REST4] what makes no conversation is refused and makes none', async () => {
    const [ada, ben] = await signInPeople(server, 'ada', 'ben')
    const refused: [body: unknown, path: string][] = [
      [{ kind: 'crowd', name: 'x' }, 'kind'],
      [{ kind: 'group' }, 'name'],
      [{ kind: 'group', name: ' ' }, 'name'],
      [{ kind: 'group', name: 'n'.repeat(101) }, 'name'],
      [{ kind: 'group', name: 'nul\0' }, 'name'],
      [{ kind: 'group', name: 'x', visibility: 'public' }, 'visibility'],
      [{ kind: 'group', name: 'x', memberIds: ['17'] }, 'memberIds.0'],
      [{ kind: 'direct', memberIds: [] }, 'memberIds'],
      [{ kind: 'direct', memberIds: [ada.id, ben.id] }, 'memberIds'],
      [{ kind: 'group', name: 'x', clientId: '' }, 'clientId'],
      [[], ''],
      ['text', ''],
    ]
    for (const [body, path] of refused) {
      const answer = await ask(ada, `POST ${conversations}`, body)
      expect(answer).toMatchObject(problem(400, 'invalid'))
      expect(answer.body).toMatchObject({ errors: [{ path }] })
    }
    const stranger = { kind: 'group', name: 'x', memberIds: [unknownId] }
    expect(await ask(ada, `POST ${conversations}`, stranger)).toMatchObject(problem(404, 'not_found'))
    expect((await ask(ada, `GET ${conversations}`)).body).toEqual({ items: [], next: null })
  })
})

describe('finding', () => {
  test('[REST5] one’s own, the latest message first, page by page', async () => {
    const [ada] = await signInPeople(server, 'ada')
    const groups: Conversation[] = []
    for (const name of ['one', 'two', 'three']) groups.push(await startGroup(server, ada, [], name))
    await ask(ada, `POST ${conversations}/${groups[0]?.id}/messages`, { clientId: 'm', text: 'up' })

    const names: (string | null)[] = []
    let cursor = ''
    for (const expected of [1, 1, 1]) {
      const { body } = await ask(ada, `GET ${conversations}?limit=1${cursor && `&cursor=${cursor}`}`)
      const page = body as { items: Conversation[]; next: string | null }
      expect(page.items).toHaveLength(expected)
      names.push(...page.items.map(({ name }) => name))
      cursor = encodeURIComponent(page.next ?? '')
    }
    expect(names).toEqual(['one', 'three', 'two'])
    expect(cursor).toBe('')
    expect(await ask(ada, `GET ${conversations}?cursor=nonsense`)).toMatchObject(problem(400, 'invalid'))
    expect(await ask(ada, `GET ${conversations}?limit=none`)).toMatchObject(problem(400, 'invalid'))
  })

  test('[REST33] by ids: one’s own and public channels, others left out, and what can’t be an id is invalid', async () => {
    const [ada, ben] = await signInPeople(server, 'ada', 'ben')
    const { id: own } = await startGroup(server, ada, [])
    const { id: hidden } = await startGroup(server, ben, [])
    const { id: channel } = await startChannel(server, ben)
    await startGroup(server, ada, [])
    const found = await ask(ada, `GET ${conversations}?ids=${own},${hidden},${channel},${unknownId}`)
    expect(found.status).toBe(200)
    const { items, next } = found.body as { items: Conversation[]; next: string | null }
    expect(items.map(({ id }) => id).sort()).toEqual([own, channel].sort())
    expect(next).toBeNull()
    expect(await ask(ada, `GET ${conversations}?ids=`)).toMatchObject({ status: 200, body: { items: [] } })
    expect(await ask(ada, `GET ${conversations}?ids=x`)).toMatchObject(problem(400, 'invalid'))
  })

  test('[REST6] a public channel is seen from outside, without its messages; what is private is missing', async () => {
    const [ada, eve] = await signInPeople(server, 'ada', 'eve')
    const channel = await startChannel(server, ada)
    const group = await startGroup(server, ada, [])
    await ask(ada, `POST ${conversations}/${channel.id}/messages`, { clientId: 'm', text: 'for members' })
    const seen = await ask(eve, `GET ${conversations}/${channel.id}`)
    expect(seen).toMatchObject({ status: 200, body: { id: channel.id, me: null, lastMessage: null } })
    expect((await ask(ada, `GET ${conversations}/${channel.id}`)).body).toMatchObject({
      me: { role: 'owner' },
      lastMessage: { text: 'for members' },
    })
    expect(await ask(eve, `GET ${conversations}/${group.id}`)).toMatchObject(problem(404, 'not_found'))
  })

  test('[REST7] public channels by a word of their name or topic', async () => {
    const [ada, eve] = await signInPeople(server, 'ada', 'eve')
    const word = `z${crypto.randomUUID()}`
    const channel = async (body: object) =>
      (await ask(ada, `POST ${conversations}`, { kind: 'channel', ...body })).body as Conversation
    const named = await channel({ name: `About ${word}`, visibility: 'public' })
    const topical = await channel({ name: 'Other', topic: `also ${word}`, visibility: 'public' })
    await channel({ name: `Secret ${word}`, visibility: 'private' })
    const { body } = await ask(eve, `GET /api/v1/channels?query=${word.toUpperCase()}`)
    const { items } = body as { items: Conversation[] }
    expect(items.map(({ id }) => id).sort()).toEqual([named.id, topical.id].sort())
    expect(items.map(({ me }) => me)).toEqual([null, null])
  })
})

describe('changing', () => {
  test('[REST8] admins rename; members may not, and a direct one has no name', async () => {
    const [ada, ben, eve] = await signInPeople(server, 'ada', 'ben', 'eve')
    const { id } = await startGroup(server, ada, [ben], 'Before')
    const direct = await startDirect(server, ada, ben)
    const change = (as: Person | undefined, body: unknown, of = id) =>
      ask(as, `PATCH ${conversations}/${of}`, body)
    expect(await change(ada, { name: 'After', topic: 'news' })).toMatchObject({
      status: 200,
      body: { name: 'After', topic: 'news', head: 3 },
    })
    expect(await change(ada, { name: 'After' })).toMatchObject({ status: 200, body: { head: 3 } })
    expect(await change(ben, { name: 'Mine' })).toMatchObject(problem(403, 'forbidden'))
    expect(await change(eve, { name: 'Mine' })).toMatchObject(problem(404, 'not_found'))
    expect(await change(ada, { name: '' })).toMatchObject(problem(400, 'invalid'))
    expect(await change(ada, { visibility: 'public' })).toMatchObject(problem(400, 'invalid'))
    expect(await change(ada, { name: 'Us' }, direct.id)).toMatchObject(problem(409, 'conflict'))
    expect((await ask(ben, `GET ${conversations}/${id}`)).body).toMatchObject({ name: 'After' })
  })

  test('[REST9] the owner deletes it for everybody; an admin may not', async () => {
    const [ada, ben] = await signInPeople(server, 'ada', 'ben')
    const { id } = await startGroup(server, ada, [ben])
    await ask(ada, `PUT ${conversations}/${id}/members/${ben.id}`, { role: 'admin' })
    expect(await ask(ben, `DELETE ${conversations}/${id}`)).toMatchObject(problem(403, 'forbidden'))
    expect((await ask(ada, `DELETE ${conversations}/${id}`)).status).toBe(204)
    for (const person of [ada, ben]) {
      expect(await ask(person, `GET ${conversations}/${id}`)).toMatchObject(problem(404, 'not_found'))
    }
  })

  test('[REST10] what one sets for oneself is one’s own', async () => {
    const [ada, ben, eve] = await signInPeople(server, 'ada', 'ben', 'eve')
    const { id } = await startGroup(server, ada, [ben])
    const mine = { muted: true, pinned: true, notify: 'none', markedUnread: true, draft: 'to be said' }
    expect(await ask(ada, `PATCH ${conversations}/${id}/me`, mine)).toMatchObject({
      status: 200,
      body: { me: mine },
    })
    expect((await ask(ben, `GET ${conversations}/${id}`)).body).toMatchObject({
      me: { muted: false, pinned: false, notify: 'all', markedUnread: false, draft: null },
    })
    expect(await ask(eve, `PATCH ${conversations}/${id}/me`, mine)).toMatchObject(problem(404, 'not_found'))
    const wrong = await ask(ada, `PATCH ${conversations}/${id}/me`, { notify: 'some', muted: 1 })
    expect(wrong.body).toMatchObject({ code: 'invalid', errors: [{ path: 'muted' }, { path: 'notify' }] })
  })
})

describe('members', () => {
  test('[REST11] members add people, admins give roles and remove, the owner hands over', async () => {
    const [ada, ben, cyd, eve] = await signInPeople(server, 'ada', 'ben', 'cyd', 'eve')
    const { id } = await startGroup(server, ada, [ben])
    const put = (as: Person, whom: Person, body?: unknown) =>
      ask(as, `PUT ${conversations}/${id}/members/${whom.id}`, body)
    const roles = async () => {
      const { body } = await ask(ada, `GET ${conversations}/${id}/members`)
      const { items } = body as { items: Conversation['members'] }
      return items.map(({ user, role }) => [user.id, role])
    }
    expect(await put(eve, eve, {})).toMatchObject(problem(404, 'not_found'))
    expect((await put(ben, cyd)).status).toBe(204)
    expect((await put(ben, cyd, {})).status).toBe(204)
    expect(await put(ben, cyd, { role: 'admin' })).toMatchObject(problem(403, 'forbidden'))
    expect((await put(ada, ben, { role: 'admin' })).status).toBe(204)
    expect((await put(ben, cyd, { role: 'admin' })).status).toBe(204)
    expect(await put(ben, ben, { role: 'owner' })).toMatchObject(problem(403, 'forbidden'))
    expect(await put(ada, ada, { role: 'member' })).toMatchObject(problem(409, 'conflict'))
    expect(await put(ada, eve, { role: 'owner' })).toMatchObject(problem(409, 'conflict'))
    expect(await put(ada, ben, { role: 'king' })).toMatchObject(problem(400, 'invalid'))
    expect((await put(ada, cyd, { role: 'owner' })).status).toBe(204)
    expect(await roles()).toEqual([
      [ada.id, 'admin'],
      [ben.id, 'admin'],
      [cyd.id, 'owner'],
    ])
    const missing = await ask(ada, `PUT ${conversations}/${id}/members/${unknownId}`, {})
    expect(missing).toMatchObject(problem(404, 'not_found'))
  })

  test('[REST12] admins remove others but not the owner; members remove themselves', async () => {
    const [ada, ben, cyd] = await signInPeople(server, 'ada', 'ben', 'cyd')
    const { id } = await startGroup(server, ada, [ben, cyd])
    const remove = (as: Person, whom: Person) => ask(as, `DELETE ${conversations}/${id}/members/${whom.id}`)
    expect(await remove(ben, cyd)).toMatchObject(problem(403, 'forbidden'))
    await ask(ada, `PUT ${conversations}/${id}/members/${ben.id}`, { role: 'admin' })
    expect(await remove(ben, ada)).toMatchObject(problem(403, 'forbidden'))
    expect((await remove(ben, cyd)).status).toBe(204)
    expect(await ask(cyd, `GET ${conversations}/${id}/messages`)).toMatchObject(problem(404, 'not_found'))
    expect((await remove(ben, ben)).status).toBe(204)
    expect((await ask(ada, `GET ${conversations}/${id}`)).body).toMatchObject({ memberCount: 1 })
  })

  test('[REST13] who joins a public channel reads its whole log; a private one cannot be joined', async () => {
    const [ada, eve] = await signInPeople(server, 'ada', 'eve')
    const channel = await startChannel(server, ada)
    const group = await startGroup(server, ada, [])
    await ask(ada, `POST ${conversations}/${channel.id}/messages`, { clientId: 'm', text: 'from before' })
    expect(await ask(eve, `GET ${conversations}/${channel.id}/messages`)).toMatchObject(
      problem(404, 'not_found'),
    )
    expect(await ask(eve, `POST ${conversations}/${group.id}/join`)).toMatchObject(problem(404, 'not_found'))
    const joined = await ask(eve, `POST ${conversations}/${channel.id}/join`)
    expect(joined).toMatchObject({ status: 200, body: { memberCount: 2, me: { readSeq: 3, unread: 0 } } })
    expect((await ask(eve, `GET ${conversations}/${channel.id}/messages`)).body).toMatchObject({
      items: [{ text: 'from before' }],
    })
    const again = await ask(eve, `POST ${conversations}/${channel.id}/join`)
    expect(again).toMatchObject({ status: 200, body: { head: 3 } })
  })

  test('[REST14] when the owner leaves another follows, and the last to leave ends it', async () => {
    const [ada, ben, cyd] = await signInPeople(server, 'ada', 'ben', 'cyd')
    const { id } = await startGroup(server, ada, [ben, cyd])
    await ask(ada, `PUT ${conversations}/${id}/members/${cyd.id}`, { role: 'admin' })
    const leave = (who: Person) => ask(who, `POST ${conversations}/${id}/leave`)
    expect((await leave(ada)).status).toBe(204)
    expect((await ask(cyd, `GET ${conversations}/${id}`)).body).toMatchObject({ me: { role: 'owner' } })
    expect((await leave(cyd)).status).toBe(204)
    expect((await ask(ben, `GET ${conversations}/${id}`)).body).toMatchObject({ me: { role: 'owner' } })
    expect((await leave(ben)).status).toBe(204)
    expect(await leave(ben)).toMatchObject(problem(404, 'not_found'))
    const direct = await startDirect(server, ada, ben)
    expect(await ask(ada, `POST ${conversations}/${direct.id}/leave`)).toMatchObject(problem(409, 'conflict'))
  })
})
