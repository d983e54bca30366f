import { expect, test } from 'bun:test'
import type { UserId } from '@confab/protocol/ids'
import { putMember, removeMember } from '../src/domain/conversations/change-members.ts'
import { createConversation } from '../src/domain/conversations/create-conversation.ts'
import { sendMessage } from '../src/domain/messages/send-message.ts'
import { updateProfile } from '../src/domain/people/update-profile.ts'
import { moveCursor } from '../src/domain/receipts/move-cursor.ts'
import { manualClock } from '../src/lib/manual-clock.ts'
import { type InProcess, startInProcess } from './in-process.ts'
import { openSocket } from './raw-socket.ts'

test('[OWN6] within a second after a cut everybody has what the bus lost, and who was signed out is closed', async () => {
  const clock = manualClock()
  await using server = await startInProcess({ clock })
  const { domain, bus } = server
  const [ann, bob] = [await server.person('ann'), await server.person('bob')]
  const [talk, old] = [await group(server, ann, bob), await group(server, ann, bob)]
  await using socket = await synced(server, bob)
  const lost = server.signIn(bob)
  await using signedOut = await openSocket(server, { token: lost })
  await signedOut.call('sync')
  await socket.call('presence.watch', { userIds: [ann] })
  const before = socket.pushes.length

  const cutAt = clock.now()
  bus.cut()
  const { message } = await sendMessage(domain, {
    ...{ senderId: ann, conversationId: talk, clientId: '1', text: 'unheard' },
  })
  await moveCursor(domain, bob, { conversationId: talk, cursor: 'read', seq: message.seq })
  await updateProfile(domain, ann, { name: 'Anna' })
  await updateProfile(domain, bob, { bio: 'New here' })
  await removeMember(domain, { conversationId: old, actorId: ann, userId: bob })
  const fresh = await group(server, ann, bob)
  await domain.presence.connect(ann, 'a socket')
  server.endSession(lost)
  // The receipts and the presence would be told by now.
  clock.advance(300)
  await socket.call('ping')
  expect(socket.pushes).toHaveLength(before)

  bus.mend(cutAt)
  // Short of the second in which the periodic look would find most of it.
  for (let step = 0; step < 6; step++) {
    await socket.call('ping')
    clock.advance(100)
  }
  const told = async () => {
    await socket.next('event', ({ seq }) => seq === message.seq)
    await socket.next('receipt', ({ userId, readSeq }) => userId === bob && readSeq === message.seq)
    await socket.next('user', ({ user }) => user.name === 'Anna')
    await socket.next('me', ({ me }) => me.bio === 'New here')
    await socket.next('conversation', (push) => 'removed' in push && push.removed === old)
    await socket.next('conversation', (push) => 'conversation' in push && push.conversation.id === fresh)
    await socket.next('presence', ({ userId, status }) => userId === ann && status === 'online')
  }
  await told()
  expect((await signedOut.closed).code).toBe(4401)

  const { message: next } = await sendMessage(domain, {
    ...{ senderId: ann, conversationId: fresh, clientId: '2', text: 'heard' },
  })
  await socket.next('event', ({ conversationId, seq }) => conversationId === fresh && seq === next.seq)
})

test('[GW51] who is removed and hears of it before the events gets those up to their removal, and no more', async () => {
  await using world = await startTalk()
  const { server, clock, domain, bus, ann, bob, talk, send } = world
  await using socket = await synced(server, bob)
  // Two events and the change, of which a later change tells; no later event does.
  bus.loseNext(3)
  const { message } = await send('still theirs')
  await removeMember(domain, { conversationId: talk, actorId: ann, userId: bob })
  await updateProfile(domain, bob, { bio: 'Gone' })
  await socket.next('me', ({ me }) => me.bio === 'Gone')
  await send('no longer theirs')
  clock.advance(1_000)
  await socket.call('ping')
  const told = socket.pushes.flatMap(({ method, params }) =>
    method === 'event' ? [`event ${params.seq}`] : method === 'conversation' ? ['removed'] : [],
  )
  expect(told).toEqual([`event ${message.seq}`, `event ${message.seq + 1}`, 'removed'])
})

test('[GW55] who leaves and is back before the cut bus tells of either goes on hearing', async () => {
  await using world = await startTalk()
  const { server, clock, domain, bus, ann, bob, talk, send } = world
  await using socket = await synced(server, bob)
  bus.cut()
  await removeMember(domain, { conversationId: talk, actorId: ann, userId: bob })
  await putMember(domain, { conversationId: talk, actorId: ann, userId: bob })
  // The look for what is one's own comes before the one for events.
  await using back = await synced(server, bob)
  bus.mend()
  clock.advance(1_000)
  await socket.next('conversation', (push) => 'conversation' in push)
  const { message } = await send('heard')
  for (const one of [socket, back]) await one.next('event', ({ seq }) => seq === message.seq)
})

test('[GW56] who comes in is pushed nothing of the conversation from before, though their node is behind', async () => {
  await using world = await startTalk()
  const { server, clock, domain, bus, ann, bob, talk, send } = world
  await using anns = await synced(server, ann)
  await using socket = await synced(server, bob)
  await removeMember(domain, { conversationId: talk, actorId: ann, userId: bob })
  await socket.next('conversation', (push) => 'removed' in push)
  // Its event and the one of the coming in; of that bob's own change is heard.
  bus.loseNext(2)
  await send('not theirs')
  await putMember(domain, { conversationId: talk, actorId: ann, userId: bob })
  await socket.next('conversation', (push) => 'conversation' in push)
  await using late = await synced(server, bob)
  const before = socket.pushes.length
  clock.advance(1_000)
  await anns.next('event', ({ type, actorId }) => type === 'member.joined' && actorId === ann)
  const { message } = await send('theirs')
  for (const one of [socket, late]) await one.next('event', ({ seq }) => seq === message.seq)
  const events = [...socket.pushes.slice(before), ...late.pushes].flatMap(({ method, params }) =>
    method === 'event' ? [params.seq] : [],
  )
  expect(events).toEqual([message.seq, message.seq])
})

test('[GW50] who comes in while what nobody listens to is let go hears all that follows', async () => {
  const clock = manualClock()
  await using server = await startInProcess({ clock })
  const [ann, bob] = [await server.person('ann'), await server.person('bob')]
  const talk = await group(server, ann, await server.person('eve'))
  await using socket = await synced(server, bob)
  const change = server.hold('conversations', 'before')
  await putMember(server.domain, { conversationId: talk, actorId: ann, userId: bob })
  await change.made
  clock.advance(2_000)
  change.letGo()
  await socket.next('conversation', (push) => 'conversation' in push)
  const said = { senderId: ann, conversationId: talk, clientId: '1', text: 'heard' }
  const { message } = await sendMessage(server.domain, said)
  await socket.next('event', ({ seq }) => seq === message.seq)
})

test('[GW57] a look that began before who was removed was back takes nobody out', async () => {
  await using world = await startTalk()
  const { server, domain, ann, bob, talk, send } = world
  await using socket = await synced(server, bob)
  const look = server.hold('standing', 'after')
  await removeMember(domain, { conversationId: talk, actorId: ann, userId: bob })
  await look.made
  await putMember(domain, { conversationId: talk, actorId: ann, userId: bob })
  await using back = await synced(server, bob)
  const change = server.hold('conversations', 'before')
  look.letGo()
  await change.made
  const { message } = await send('heard')
  await back.next('event', ({ seq }) => seq === message.seq)
  change.letGo()
  await socket.next('conversation', (push) => 'conversation' in push)
})

test('[GW58] who syncs again before their node has come to the first answer is pushed all that follows that', async () => {
  await using world = await startTalk()
  const { server, bus, ann, bob, send } = world
  await using _ = await synced(server, ann)
  bus.cut()
  await send('in both answers')
  await using socket = await synced(server, bob)
  const { message } = await send('in the second alone')
  await socket.call('sync')
  bus.mend()
  await socket.next('event', ({ seq }) => seq >= message.seq)
  const { message: next } = await send('in neither')
  await socket.next('event', ({ seq }) => seq === next.seq)
  const told = socket.pushes.flatMap(({ method, params }) => (method === 'event' ? [params.seq] : []))
  expect(told).toEqual([message.seq, next.seq])
})

test('[GW55] who leaves, is back and syncs again before their node has come to the first answer goes on hearing', async () => {
  await using world = await startTalk()
  const { server, domain, bus, ann, bob, talk, send } = world
  await using _ = await synced(server, ann)
  bus.cut()
  await send('unheard')
  await using socket = await synced(server, bob)
  await removeMember(domain, { conversationId: talk, actorId: ann, userId: bob })
  await putMember(domain, { conversationId: talk, actorId: ann, userId: bob })
  await socket.call('sync')
  const change = server.hold('userChanges', 'before')
  bus.mend()
  await change.made
  const { message } = await send('heard')
  await socket.next('event', ({ seq }) => seq === message.seq)
  change.letGo()
})

test('[OWN8] who leaves while they are caught up with after a cut is told no cursor that was read before', async () => {
  const clock = manualClock()
  await using server = await startInProcess({ clock })
  const { domain, bus } = server
  const [ann, bob] = [await server.person('ann'), await server.person('bob')]
  const [talk, other] = [await group(server, ann, bob), await group(server, ann, bob)]
  await using socket = await synced(server, bob)
  bus.cut()
  const cutAt = clock.now()
  for (const conversationId of [talk, other])
    await moveCursor(domain, ann, { conversationId, cursor: 'read', seq: 2 })
  clock.advance(300)
  const read = server.hold('changedSince', 'after')
  bus.mend(cutAt)
  await read.made
  await removeMember(domain, { conversationId: talk, actorId: ann, userId: bob })
  await socket.next('conversation', (push) => 'removed' in push)
  read.letGo()
  await socket.next('receipt', ({ conversationId }) => conversationId === other)
  await socket.call('ping')
  const told = socket.pushes.flatMap(({ method, params }) =>
    method === 'receipt' ? [params.conversationId] : [],
  )
  expect(new Set(told)).toEqual(new Set([other]))
})

/** Ann and Bob in a group, where Ann says things. */
async function startTalk() {
  const clock = manualClock()
  const server = await startInProcess({ clock })
  const { domain, bus } = server
  const [ann, bob] = [await server.person('ann'), await server.person('bob')]
  const talk = await group(server, ann, bob)
  const send = (text: string) =>
    sendMessage(domain, { senderId: ann, conversationId: talk, clientId: text, text })
  const close = { [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
  return { ...{ server, clock, domain, bus, ann, bob, talk, send }, ...close }
}

async function group({ domain }: InProcess, creator: UserId, other: UserId) {
  const made = { kind: 'group' as const, name: 'A group', memberIds: [other] }
  return (await createConversation(domain, creator, made)).conversation.id
}

async function synced(server: InProcess, id: UserId) {
  const socket = await openSocket(server, { token: server.signIn(id) })
  await socket.call('sync')
  return socket
}
