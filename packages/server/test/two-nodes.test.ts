import { describe, expect, test } from 'bun:test'
import { closeCode } from '@confab/protocol/close-codes'
import { startOwnRedis } from '../src/drivers/redis/test-redis.ts'
import { doCall, openSynced, signInPeople, startGroup } from './people.ts'
import { eventsOf, openSocket } from './raw-socket.ts'
import { type Person, runServer, type TestServer } from './start-server.ts'
import { openStream } from './stream.ts'
import { hasEngines, startTwoNodes } from './two-nodes.ts'
import { within } from './within.ts'

describe.skipIf(!hasEngines)('two nodes', () => {
  test('[NODE1] [NODE2] what is done on one node reaches the sockets of the other, once and in order', async () => {
    await using nodes = await startTwoNodes({ RATE_LIMITS: 'off' })
    const { here, there } = nodes
    const [ann, bob] = await signInPeople(here, 'ann', 'bob')
    const { id: conversationId } = await startGroup(here, ann, [bob])
    await using anns = await openSynced(here, ann)
    await using bobs = await openSynced(there, bob)

    for (let round = 1; round <= 20; round++) {
      await Promise.all([
        anns.call('message.send', { conversationId, clientId: `a${round}`, text: `a${round}` }),
        bobs.call('message.send', { conversationId, clientId: `b${round}`, text: `b${round}` }),
      ])
    }
    const last = 2 + 40
    for (const socket of [anns, bobs]) {
      await socket.next('event', ({ seq }) => seq === last)
      expect(eventsOf(socket, conversationId).map(({ seq }) => seq)).toEqual(
        Array.from({ length: 40 }, (_, index) => 3 + index),
      )
    }

    await anns.call('typing', { conversationId, typing: true })
    await bobs.next('typing', ({ userId, typing }) => userId === ann.id && typing)
    await bobs.call('read', { conversationId, seq: last })
    await anns.next('receipt', ({ userId, readSeq }) => userId === bob.id && readSeq === last)
    const { presences } = await anns.call('presence.watch', { userIds: [bob.id] })
    expect(presences[0]?.status).toBe('online')
    await bobs.call('presence.set', { status: 'busy' })
    await anns.next('presence', ({ status }) => status === 'busy')
    await doCall(there, bob, 'PATCH /api/v1/me', { name: 'Bobby' })
    await anns.next('user', ({ user }) => user.name === 'Bobby')
    const { id: second } = await startGroup(there, bob, [ann])
    await anns.next('conversation', (push) => 'conversation' in push && push.conversation.id === second)
    await doCall(here, ann, `DELETE /api/v1/conversations/${conversationId}/members/${bob.id}`)
    await bobs.next('conversation', (push) => 'removed' in push && push.removed === conversationId)

    const [eve] = await signInPeople(there, 'eve')
    await using _eves = await openSynced(there, eve)
    const strangers = await anns.call('presence.watch', { userIds: [eve.id] })
    expect(strangers.presences[0]?.status).toBe('offline')
    const ofEve = (status: string) =>
      anns.next('presence', (push) => push.userId === eve.id && push.status === status)
    const { id: third } = await startGroup(there, eve, [ann])
    await ofEve('online')
    await doCall(there, eve, `DELETE /api/v1/conversations/${third}/members/${ann.id}`)
    await ofEve('offline')
  })

  test('[NODE3] a ticket of one node opens a socket of the other, once, and a call on a stream may come to any', async () => {
    await using nodes = await startTwoNodes()
    const { here, there } = nodes
    const [ann] = await signInPeople(here, 'ann')
    const { ticket } = (await doCall(here, ann, 'POST /api/v1/ws/ticket')) as { ticket: string }
    await using socket = await openSocket(there, { ticket })
    expect((await socket.next('hello')).userId).toBe(ann.id)
    const again = await openSocket(here, { ticket })
    expect((await within(again.closed, 'the close')).code).toBe(closeCode.signedOut)

    await using stream = await openStream(here, ann)
    const call = { connectionId: stream.connectionId, id: 7, method: 'ping', params: {} }
    const { status, body } = await there.call(ann, 'POST /api/v1/call', call)
    expect({ status, body }).toMatchObject({ status: 200, body: { id: 7, result: {} } })
  })

  test('[NODE4] who signs out or is suspended on one node is closed on the other', async () => {
    await using nodes = await startTwoNodes()
    const { here, there } = nodes
    const root = await here.signIn('root@example.com')
    const [ann, bob] = await signInPeople(here, 'ann', 'bob')
    await using anns = await openSynced(there, ann)
    await using bobs = await openSynced(there, bob)
    await using roots = await openSynced(there, root)
    const annAgain = await here.signIn(ann.email)
    await using again = await openSynced(there, annAgain)
    await doCall(here, ann, 'POST /api/auth/sign-out', {})
    await doCall(here, annAgain, 'PATCH /api/v1/me', { name: 'Anna' })
    await again.next('me', ({ me }) => me.name === 'Anna')
    expect((await within(anns.closed, 'the close')).code).toBe(closeCode.signedOut)
    // The look at who is still signed in, each second, would have let this one hear of the name.
    expect(anns.pushes.filter(({ method }) => method === 'me')).toEqual([])
    await doCall(here, root, `PUT /api/v1/admin/accounts/${bob.id}/suspension`, { reason: 'spam' })
    expect((await within(bobs.closed, 'the close')).code).toBe(closeCode.signedOut)
    for (const person of [ann, bob]) expect((await there.call(person, 'GET /api/v1/me')).status).toBe(401)
    await roots.call('ping')
  })

  test('[NODE5] limits count what is done on every node', async () => {
    await using nodes = await startTwoNodes({ MESSAGES_PER_MINUTE: '4' })
    const { here, there } = nodes
    const [ann, bob] = await signInPeople(here, 'ann', 'bob')
    const { id } = await startGroup(here, ann, [bob])
    const send = async (server: TestServer, by: Person, clientId: string) =>
      (await server.call(by, `POST /api/v1/conversations/${id}/messages`, { clientId, text: clientId }))
        .status
    expect([await send(here, ann, '1'), await send(there, ann, '2')]).toEqual([201, 201])
    expect([await send(here, ann, '3'), await send(there, ann, '4')]).toEqual([201, 201])
    expect([await send(here, ann, '5'), await send(there, ann, '6')]).toEqual([429, 429])
    expect(await send(there, bob, '1')).toBe(201)
  })

  test('[RUN22] [MIGRATE9] a server without Redis is refused beside them, and so is a command, which would need them all to stop', async () => {
    await using nodes = await startTwoNodes()
    const { REDIS_URL: _, ...settings } = nodes.settings
    const why =
      'another server runs on this database: stop it first, or give every server that is to share it REDIS_URL'
    const alone = { ...settings, DATA_DIR: '/nowhere' }
    expect(await runServer(alone)).toEqual({ status: 78, said: '', errors: `confab: ${why}\n` })
    const stopAll = 'a server runs on this database: stop it first, and every other one that does'
    const run = (...words: string[]) => runServer({ ...nodes.settings, DATA_DIR: '/nowhere' }, words)
    const move = ['migrate', '--from', `${settings.DATABASE_URL}`, '--to', '/nowhere/back']
    for (const command of await Promise.all([run('epoch', 'new'), run(...move)]))
      expect(command).toEqual({ status: 78, said: '', errors: `confab: ${stopAll}\n` })
  })

  for (const how of ['killed', 'frozen'] as const) {
    test(`[NODE6] with Redis ${how} delivery goes on from the store, which is told, and nothing is lost or doubled`, async () => {
      await using redis = await startOwnRedis()
      await using nodes = await startTwoNodes({ RATE_LIMITS: 'off', redisUrl: redis.url })
      const { here, there } = nodes
      const [ann, bob] = await signInPeople(here, 'ann', 'bob')
      const { id: conversationId } = await startGroup(here, ann, [bob])
      await using anns = await openSynced(here, ann)
      await using bobs = await openSynced(there, bob)
      let sent = 0
      const send = async () => {
        const clientId = String(++sent)
        const { message } = await anns.call('message.send', { conversationId, clientId, text: clientId })
        return message.seq
      }
      const heard = (seq: number) => bobs.next('event', (event) => event.seq === seq)
      await heard(await send())
      expect(await degraded(there)).toEqual([])

      if (how === 'killed') await redis.kill()
      else redis.freeze()
      const seq = await send()
      const sentAt = performance.now()
      await heard(seq)
      // A second by the clock, and what a busy machine adds.
      expect(performance.now() - sentAt).toBeLessThan(5_000)
      // The usual look at the heads may have found it before the freeze was noticed.
      await within(there.logs('redis: cut off'), 'the freeze to be noticed')
      expect(await degraded(there)).toEqual(['redis'])
      expect(await metric(there)).toBe('confab_bus_cut 1')
      await heard(await send())

      if (how === 'killed') await redis.start()
      else redis.thaw()
      for (let after = 0; after < 5; after++) await heard(await send())
      expect(eventsOf(bobs, conversationId).map((event) => event.seq)).toEqual(
        Array.from({ length: sent }, (_, index) => 3 + index),
      )
    }, 60_000)
  }
})

async function degraded(server: TestServer): Promise<unknown> {
  const { status, body } = await server.call(undefined, 'GET /readyz')
  expect(status).toBe(200)
  return (body as { degraded?: string[] }).degraded ?? []
}

async function metric(server: TestServer): Promise<string | undefined> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return text.split('\n').find((line) => line.startsWith('confab_bus_cut '))
}
