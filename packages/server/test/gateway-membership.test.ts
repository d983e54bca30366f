import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Conversation } from '@confab/protocol/conversation'
import type { ConversationId } from '@confab/protocol/ids'
import {
  doCall,
  keepSending,
  oneTo,
  openSynced,
  readLog,
  signInPeople,
  startChannel,
  startDirect,
  startGroup,
} from './people.ts'
import { eventsOf, type RawSocket } from './raw-socket.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'
import { stores } from './with-slow-store.ts'

describe.each(stores)('with %s', (_store, settings) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ RATE_LIMITS: 'off', ...settings })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  test.each([
    ['direct', startDirect],
    ['group', (on: TestServer, ann: Person, bob: Person) => startGroup(on, ann, [bob])],
    ['channel', (on: TestServer, ann: Person, bob: Person) => startChannel(on, ann, [bob])],
  ] as const)(
    '[GW50] a new %s is pushed to its members as each sees it, and its events follow',
    async (_kind, start) => {
      const [ann, bob, eve] = await signInPeople(server, 'ann', 'bob', 'eve')
      await using anns = await openSynced(server, ann)
      await using bobs = await openSynced(server, bob)
      await using bobsOther = await openSynced(server, bob)
      await using eves = await openSynced(server, eve)
      const made = await start(server, ann, bob)
      expect(await isTold(anns, made)).toEqual({ userRev: 1, conversation: made })
      for (const socket of [bobs, bobsOther]) {
        const push = await isTold(socket, made)
        const { items } = await socket.call('conversations', { ids: [made.id] })
        expect(push).toEqual({ userRev: 1, conversation: items[0] as Conversation })
      }
      const message = await send(anns, made.id, 'first')
      for (const socket of [anns, bobs, bobsOther]) await heard(socket, made, message.seq)
      await eves.call('ping')
      expect(eves.pushes.map(({ method }) => method)).toEqual(['hello'])
    },
  )

  test('[GW50] who is added later gets the conversation, and all events from its head on', async () => {
    const [ann, bob, carl] = await signInPeople(server, 'ann', 'bob', 'carl')
    const made = await startGroup(server, ann, [bob])
    await using anns = await openSynced(server, ann)
    await using carls = await openSynced(server, carl)
    const sender = keepSending(anns, made.id)
    await doCall(server, bob, `PUT /api/v1/conversations/${made.id}/members/${carl.id}`)
    const push = await isTold(carls, made)
    const sent = await sender.stop()
    const last = made.head + 1 + sent
    await heard(carls, made, last)
    const snapshot = 'conversation' in push ? push.conversation : undefined
    expect(snapshot?.members.map(({ user }) => user.id)).toEqual([ann.id, bob.id, carl.id])
    const seqs = eventsOf(carls, made.id).map(({ seq }) => seq)
    const first = seqs[0] ?? 0
    expect(first).toBeLessThanOrEqual((snapshot?.head ?? 0) + 1)
    expect(seqs).toEqual(oneTo(last - first + 1).map((number) => first + number - 1))
  })

  /** Conversations to be in besides: none, one, or so many that the socket has a topic of its own. */
  test.each([0, 1, 505])(
    '[GW51] who is removed gets their own member.left as the last event, then the removal (and has %i others)',
    async (others) => {
      const [ann, bob, carl] = await signInPeople(server, 'ann', 'bob', 'carl')
      const made = await startGroup(server, ann, [bob, carl])
      const rest = await startMany(server, carl, bob, others)
      await using carls = await openSynced(server, carl)
      await using bobs = await openSynced(server, bob)
      await using bobsOther = await openSynced(server, bob)
      const sender = keepSending(carls, made.id)
      await heard(bobs, made, made.head + 20)
      await doCall(server, ann, `DELETE /api/v1/conversations/${made.id}/members/${bob.id}`)
      await isTakenAway(bobs, made)
      await isTakenAway(bobsOther, made)
      const last = made.head + 1 + (await sender.stop())
      await heard(carls, made, last)

      const log = await readLog(server, carl, made.id)
      const left = log.find(({ type }) => type === 'member.left')
      expect(left).toMatchObject({ actorId: ann.id, data: { userId: bob.id } })
      expect(left?.seq).toBeLessThan(last)
      for (const socket of [bobs, bobsOther]) {
        const events = eventsOf(socket, made.id)
        expect(events).toEqual(log.slice(made.head, left?.seq) as typeof events)
        expect(socket.pushes.slice(-2)).toMatchObject([
          { method: 'event', params: { type: 'member.left' } },
          { method: 'conversation', params: { removed: made.id } },
        ])
        const refused = { conversationId: made.id, clientId: 'late', text: 'late' }
        expect((await socket.refusal('message.send', refused)).data.code).toBe('not_found')
        expect((await socket.refusal('events', { conversationId: made.id })).data.code).toBe('not_found')
      }
      const [other] = rest
      if (!other) return
      const message = await send(carls, other.id, 'elsewhere')
      for (const socket of [bobs, bobsOther]) await heard(socket, other, message.seq)
    },
  )

  test('[GW51] who is removed while they sync gets nothing later, on whichever socket, though they were in and out', async () => {
    const [ann, bob, carl] = await signInPeople(server, 'ann', 'bob', 'carl')
    const made = await startGroup(server, ann, [bob, carl])
    await using carls = await openSynced(server, carl)
    const sender = keepSending(carls, made.id)
    const member = `/api/v1/conversations/${made.id}/members/${bob.id}`
    const sockets: RawSocket[] = []
    await using ends = new AsyncDisposableStack()
    const changes = [...oneTo(5).flatMap(() => [`DELETE ${member}`, `PUT ${member}`]), `DELETE ${member}`]
    for (const request of changes) {
      const changing = doCall(server, ann, request)
      const opened = await Promise.all(oneTo(4).map(() => openSynced(server, bob)))
      for (const socket of opened) sockets.push(ends.use(socket))
      await changing
    }
    // What is one's own is told in order, so with this all that was before it has been told.
    await doCall(server, bob, 'PATCH /api/v1/me', { bio: 'gone' })
    for (const socket of sockets) await socket.next('me')
    const last = made.head + changes.length + (await sender.stop())
    await heard(carls, made, last)

    const log = await readLog(server, carl, made.id)
    const left = log.findLast(({ type }) => type === 'member.left')?.seq ?? 0
    expect(left).toBeLessThan(last)
    for (const socket of sockets) {
      await socket.call('ping')
      const seqs = eventsOf(socket, made.id).map(({ seq }) => seq)
      expect(seqs.filter((seq) => seq > left)).toEqual([])
      expect(seqs).toEqual(seqs.toSorted((one, other) => one - other))
    }
  })

  test('[GW52] who leaves and joins again is told of both, and hears the channel again', async () => {
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const made = await startChannel(server, ann)
    await using anns = await openSynced(server, ann)
    await using bobs = await openSynced(server, bob)
    for (const round of oneTo(3)) {
      await doCall(server, bob, `POST /api/v1/conversations/${made.id}/join`)
      await isTold(bobs, made)
      const message = await send(anns, made.id, `while here ${round}`)
      await heard(bobs, made, message.seq)
      await doCall(server, bob, `POST /api/v1/conversations/${made.id}/leave`)
      await isTakenAway(bobs, made)
      const unheard = await send(anns, made.id, `while away ${round}`)
      await heard(anns, made, unheard.seq)
    }
    await bobs.call('ping')
    const log = await readLog(server, ann, made.id)
    const whileAway = log.filter(({ data }) => data.message?.text.includes('while away'))
    expect(whileAway).toHaveLength(3)
    const unheard = new Set(whileAway.map(({ seq }) => seq))
    // One's own member.joined may come before one is subscribed: the pushed conversation holds it.
    const told = eventsOf(bobs, made.id).filter(({ type }) => type !== 'member.joined')
    expect(told).toEqual(
      log.filter(
        ({ seq, type }) => seq > made.head && !unheard.has(seq) && type !== 'member.joined',
      ) as typeof told,
    )
    const revs = bobs.pushes.flatMap((push) => (push.method === 'conversation' ? [push.params.userRev] : []))
    expect(revs).toEqual(oneTo(6))
  })

  test('[GW53] a socket in more than 500 conversations gets the events of them all, and of new ones', async () => {
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const made = await startMany(server, ann, bob, 510)
    await using anns = await openSynced(server, ann)
    await using bobs = await openSynced(server, bob)
    const later = await startGroup(server, ann, [bob])
    await isTold(bobs, later)
    const all = [...made, later]
    const sent = await Promise.all(all.slice(0, 300).map(({ id }) => send(anns, id, 'to all')))
    sent.push(...(await Promise.all(all.slice(300).map(({ id }) => send(anns, id, 'to all')))))
    for (const socket of [anns, bobs]) {
      for (const { conversationId, seq } of sent) await heard(socket, { id: conversationId }, seq)
      expect(socket.pushes.filter(({ method }) => method === 'event')).toHaveLength(511)
    }
  })

  test('[RECEIPT4] who has left is not told of their own cursor, which they moved right before', async () => {
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const made = await startGroup(server, ann, [bob])
    const stays = await startGroup(server, ann, [bob])
    await using bobs = await openSynced(server, bob)
    await send(bobs, made.id, 'farewell')
    await doCall(server, bob, `DELETE /api/v1/conversations/${made.id}/members/${bob.id}`)
    await isTakenAway(bobs, made)
    await send(bobs, stays.id, 'still here')
    // Gathered later than the first, so told later.
    await bobs.next('receipt', ({ conversationId }) => conversationId === stays.id)
    const removed = bobs.pushes.findIndex(
      ({ method, params }) => method === 'conversation' && 'removed' in params,
    )
    expect(removed).toBeGreaterThan(0)
    const later = bobs.pushes.slice(removed).filter(({ method }) => method === 'receipt')
    expect(later).toMatchObject([{ params: { conversationId: stays.id } }])
  })

  test('[GW54] a deleted conversation is taken from everybody', async () => {
    const [ann, bob] = await signInPeople(server, 'ann', 'bob')
    const made = await startGroup(server, ann, [bob])
    const stays = await startGroup(server, ann, [bob])
    await using anns = await openSynced(server, ann)
    await using bobs = await openSynced(server, bob)
    await doCall(server, ann, `DELETE /api/v1/conversations/${made.id}`)
    for (const socket of [anns, bobs]) {
      await isTakenAway(socket, made)
      expect((await socket.refusal('events', { conversationId: made.id })).data.code).toBe('not_found')
    }
    const message = await send(anns, stays.id, 'still here')
    await heard(bobs, stays, message.seq)
  })
})

const send = async (socket: RawSocket, conversationId: ConversationId, clientId: string) =>
  (await socket.call('message.send', { conversationId, clientId, text: `text of ${clientId}` })).message

const heard = (socket: RawSocket, { id }: { id: ConversationId }, seq: number) =>
  socket.next('event', (event) => event.conversationId === id && event.seq === seq)

/** The socket was told of a conversation that is one's own from now on. */
const isTold = (socket: RawSocket, { id }: { id: ConversationId }) =>
  socket.next('conversation', (push) => 'conversation' in push && push.conversation.id === id)

const isTakenAway = (socket: RawSocket, { id }: { id: ConversationId }) =>
  socket.next('conversation', (push) => 'removed' in push && push.removed === id)

/** Groups of two people, made a hundred at a time. */
async function startMany(
  server: TestServer,
  by: Person,
  other: Person,
  count: number,
): Promise<Conversation[]> {
  const made: Conversation[] = []
  while (made.length < count) {
    const some = oneTo(Math.min(100, count - made.length))
    made.push(...(await Promise.all(some.map(() => startGroup(server, by, [other])))))
  }
  return made
}
