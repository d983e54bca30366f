import { expect, test } from 'bun:test'
import { closeCode } from '@confab/protocol/close-codes'
import type { UserId } from '@confab/protocol/ids'
import { createConversation } from '../src/domain/conversations/create-conversation.ts'
import { sendMessage } from '../src/domain/messages/send-message.ts'
import { updateProfile } from '../src/domain/people/update-profile.ts'
import { type ManualClock, manualClock } from '../src/lib/manual-clock.ts'
import { type InProcess, startInProcess } from './in-process.ts'
import { eventsOf, openSocket } from './raw-socket.ts'
import { callsTo } from './start-server.ts'
import { openStream } from './stream.ts'

const goneElsewhere = { code: closeCode.draining, reason: 'draining' }

/** Bob’s socket from before the gateway begins anew, with a call under way that keeps it open. */
async function startRenewed(clock: ManualClock, { change = false } = {}) {
  const server = await startInProcess({ clock })
  const [ann, bob] = [await server.person('ann'), await server.person('bob')]
  const made = { kind: 'group' as const, name: 'A group', memberIds: [bob] }
  const { id, head } = (await createConversation(server.domain, ann, made)).conversation
  const earlier = await openSynced(server, bob)
  const held = server.hold('events', 'before')
  const asked = earlier.call('events', { conversationId: id, after: 0, limit: 10 })
  await held.made
  const telling = change ? server.hold('me', 'after') : undefined
  if (telling) {
    const bio = { bio: 'A change of one’s own, which is about to be told' }
    await server.domain.commits.commit({
      write: 'profile.change',
      actorId: bob,
      at: clock.now(),
      change: bio,
    })
    await telling.made
  }
  server.renew()
  const send = (clientId: string) =>
    sendMessage(server.domain, { senderId: ann, conversationId: id, clientId, text: clientId })
  return {
    ...server,
    server,
    bob,
    id,
    head,
    earlier,
    asked,
    answer: held.letGo,
    tell: () => telling?.letGo(),
    send,
  }
}

async function openSynced(server: Pick<InProcess, 'url' | 'signIn'>, id: UserId) {
  const socket = await openSocket(server, { token: server.signIn(id) })
  await socket.call('sync')
  return socket
}

test('[EPOCH1] who comes after a new epoch gets each event once, and an earlier socket is told nothing more', async () => {
  await using renewed = await startRenewed(manualClock())
  const { domain, server, bob, id, head, earlier, asked, answer, send } = renewed
  const before = earlier.pushes.length
  await using fresh = await openSynced(server, bob)
  for (const clientId of ['1', '2', '3']) await send(clientId)
  await updateProfile(domain, bob, { bio: 'Here again' })
  await fresh.next('me')
  await fresh.next('event', ({ seq }) => seq === head + 3)
  expect(eventsOf(fresh, id).map(({ seq }) => seq)).toEqual([head + 1, head + 2, head + 3])

  answer()
  // Whatever was written to it before has come before this.
  expect((await asked).events).toHaveLength(head + 3)
  expect(await earlier.closed).toEqual(goneElsewhere)
  expect(earlier.pushes.slice(before)).toEqual([])
  expect(await fresh.call('ping')).toEqual({})
})

test('[EPOCH1] a stream, and a socket in more than 500 conversations, are told nothing more either', async () => {
  await using server = await startInProcess({ clock: manualClock() })
  const [ann, bob] = [await server.person('ann'), await server.person('bob')]
  const make = () =>
    createConversation(server.domain, ann, { kind: 'group', name: 'A group', memberIds: [bob] })
  await Promise.all(Array.from({ length: 500 }, make))
  const { id, head } = (await make()).conversation
  const range = { conversationId: id, after: 0, limit: 10 }
  const send = (clientId: string) =>
    sendMessage(server.domain, { senderId: ann, conversationId: id, clientId, text: clientId })
  const call = callsTo(server.url)
  await using stream = await openStream({ ...server, call }, { token: server.signIn(bob) })
  await stream.call('sync')
  await using wide = await openSynced(server, bob)
  await send('1')
  expect(await stream.next('event')).toMatchObject({ seq: head + 1 })
  await wide.next('event')
  const asked: { answer: Promise<unknown>; letGo: () => void }[] = []
  for (const connection of [stream, wide]) {
    const held = server.hold('events', 'before')
    asked.push({ answer: connection.call('events', range), letGo: held.letGo })
    await held.made
  }
  const before = { stream: stream.frames.length, wide: wide.pushes.length }

  server.renew()
  await using fresh = await openSynced(server, bob)
  await send('2')
  expect(await fresh.next('event')).toMatchObject({ seq: head + 2 })
  expect(await stream.call('ping')).toMatchObject({ status: 503, body: { code: 'overloaded' } })
  for (const { answer, letGo } of asked) {
    letGo()
    await answer
  }
  expect(await stream.closed).toEqual(goneElsewhere)
  expect(await wide.closed).toEqual(goneElsewhere)
  expect({ stream: stream.frames.length, wide: wide.pushes.length }).toEqual(before)
})

test('[EPOCH1] what was being read to be told is told to nobody any more', async () => {
  await using renewed = await startRenewed(manualClock(), { change: true })
  const { url, earlier, asked, answer, tell } = renewed
  const before = earlier.pushes.length
  tell()
  // By now it would have come.
  await fetch(url)
  answer()
  await asked
  await earlier.closed
  expect(earlier.pushes.slice(before)).toEqual([])
})

test('[EPOCH2] what was asked before is answered and nothing else, and who still waits after 5 s is closed', async () => {
  for (const isInTime of [true, false]) {
    const clock = manualClock()
    await using renewed = await startRenewed(clock)
    const { url, earlier, asked, answer } = renewed
    const replies = () => earlier.order.filter((kind) => kind === 'reply').length
    const before = replies()
    earlier.send('{"id":1,"method":"ping"}')
    // By now it has come.
    await fetch(url)
    const answered = asked.then(
      ({ head }) => head,
      () => 'no answer',
    )
    clock.advance(4_999)
    if (!isInTime) clock.advance(1)
    else answer()
    expect(await earlier.closed).toEqual(goneElsewhere)
    expect(await answered).toBe(isInTime ? renewed.head : 'no answer')
    expect(replies() - before).toBe(isInTime ? 1 : 0)
    answer()
  }
})

test('[EPOCH2] a gateway that ends while an earlier one lingers leaves no timer', async () => {
  const clock = manualClock()
  const waiting = new Set<object>()
  const counted: ManualClock = {
    ...clock,
    after(delayMs, action) {
      const timer = {}
      waiting.add(timer)
      const cancel = clock.after(delayMs, () => {
        waiting.delete(timer)
        action()
      })
      return () => {
        waiting.delete(timer)
        cancel()
      }
    },
  }
  const renewed = await startRenewed(counted)
  expect(waiting.size).toBeGreaterThan(0)
  renewed.answer()
  await renewed.asked
  await renewed[Symbol.asyncDispose]()
  expect(waiting.size).toBe(0)
})
