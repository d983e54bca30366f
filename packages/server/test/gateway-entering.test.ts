import { expect, test } from 'bun:test'
import { closeCode } from '@confab/protocol/close-codes'
import { systemClock } from '../src/lib/clock.ts'
import { startInProcess } from './in-process.ts'
import { openSocket } from './raw-socket.ts'
import { within } from './within.ts'

/** Terms that nobody has agreed to. */
const askingConsent = {
  settings: { terms: 'Be kind', privacy: null, minimumAge: null },
  versions: { terms: 1, privacy: 0, age: 0 },
}

/** A gateway that learns of nobody whether they may come in until the gate is opened, and somebody at it. */
async function startGated({ consents }: { consents?: typeof askingConsent } = {}) {
  const server = await startInProcess({ clock: systemClock })
  const gate = Promise.withResolvers<undefined>()
  const { settings } = server.domain
  const read = async (name: string) => {
    await gate.promise
    return name === 'consents' ? consents : undefined
  }
  Object.assign(server.domain, { settings: { ...settings, read } })
  const token = server.signIn(await server.person('ann'))
  return { ...server, token, openGate: () => gate.resolve(undefined) }
}

/** A gateway that follows nobody's changes, or whose board notes nobody, until it is told to go on. */
async function startWaiting(at: 'userRevs' | 'connect') {
  const server = await startInProcess({ clock: systemClock })
  const { store, presence } = server.domain
  const begun = Promise.withResolvers<undefined>()
  const gate = Promise.withResolvers<undefined>()
  const waiting =
    <Params extends unknown[], Answer>(call: (...params: Params) => Promise<Answer>) =>
    async (...params: Params) => {
      begun.resolve(undefined)
      await gate.promise
      return call(...params)
    }
  if (at === 'userRevs') Object.assign(store, { userRevs: waiting(store.userRevs) })
  else Object.assign(presence, { connect: waiting(presence.connect) })
  const ann = await server.person('ann')
  const goOn = () => gate.resolve(undefined)
  return { ...server, ann, token: server.signIn(ann), begun: begun.promise, goOn }
}

/** What was sent before has come by the time that what was asked after it is answered. */
const cameTo = ({ url }: { url: string }) => within(fetch(url), 'an answer')

test('[GW16] what is said right behind the upgrade is answered as who says it, in its order', async () => {
  await using server = await startGated()
  await using socket = await openSocket(server, { token: server.token })
  const answers = Promise.all([socket.call('ping'), socket.call('sync'), socket.refusal('auth', server)])
  server.openGate()
  const [ping, sync, again] = await within(answers, 'the answers')
  expect({ ping, userRev: sync.userRev }).toEqual({ ping: {}, userRev: 0 })
  expect(again.data?.code).toBe('conflict')
})

test('[GW16] what is said right behind `auth` is answered as who says it, in its order', async () => {
  await using server = await startGated()
  await using socket = await openSocket(server, {})
  expect((await socket.refusal('ping')).data?.code).toBe('unauthenticated')
  const { token } = server
  const answers = Promise.all([socket.call('auth', { token }), socket.call('ping'), socket.call('sync')])
  server.openGate()
  const [auth, ping, sync] = await within(answers, 'the answers')
  expect({ auth, ping, userRev: sync.userRev }).toEqual({ auth: {}, ping: {}, userRev: 0 })
})

test('[GW16] who says more than 256 KiB before it is known who they are is closed with 4429', async () => {
  await using server = await startGated()
  await using little = await openSocket(server, { token: server.token })
  await using much = await openSocket(server, { token: server.token })
  const heard = little.call('ping')
  for (let sent = 0; sent < 300; sent++) much.send('{"id":1,"method":"ping"}')
  expect((await within(much.closed, 'the close')).code).toBe(4429)
  server.openGate()
  expect(await within(heard, 'the answer')).toEqual({})
})

test('[GW5] a session that ends while it enters is closed, and nothing that it said is answered', async () => {
  await using server = await startGated()
  await using ended = await openSocket(server, { token: server.token })
  await using living = await openSocket(server, { token: server.signIn(await server.person('bob')) })
  for (const socket of [ended, living]) socket.send('{"id":1,"method":"ping"}')
  await cameTo(server)
  server.endSession(server.token)
  server.openGate()
  await within(living.next('hello'), 'the hello')
  expect((await within(ended.closed, 'the close')).code).toBe(closeCode.signedOut)
  expect(ended.order).toEqual([])
})

test('[GW5] a session that ends while its changes begin to be followed gets no answer either', async () => {
  await using server = await startWaiting('userRevs')
  await using socket = await openSocket(server, { token: server.token })
  socket.send('{"id":1,"method":"ping"}')
  await within(server.begun, 'the look at the rev')
  await cameTo(server)
  server.endSession(server.token)
  server.goOn()
  expect((await within(socket.closed, 'the close')).code).toBe(closeCode.signedOut)
  expect(socket.order).toEqual([])
})

test('[GW16] what is said right behind the upgrade is answered after `hello`, with what changed before it', async () => {
  await using server = await startWaiting('userRevs')
  await using socket = await openSocket(server, { token: server.token })
  const synced = socket.call('sync')
  await within(server.begun, 'the look at the rev')
  await cameTo(server)
  const { commits, clock } = server.domain
  const change = { name: 'Anna' }
  await commits.commit({ write: 'profile.change', actorId: server.ann, at: clock.now(), change })
  server.goOn()
  expect((await within(synced, 'the answer')).userRev).toBe(1)
  expect(socket.order.slice(0, 2)).toEqual(['hello', 'reply'])
})

test('[GW5] a session that ends while it enters is told so, not what keeps those that live from going on', async () => {
  await using server = await startGated({ consents: askingConsent })
  await using ended = await openSocket(server, { token: server.token })
  await using living = await openSocket(server, { token: server.signIn(await server.person('bob')) })
  await cameTo(server)
  server.endSession(server.token)
  server.openGate()
  const codes = await within(Promise.all([ended.closed, living.closed]), 'the closes')
  expect(codes.map(({ code }) => code)).toEqual([closeCode.signedOut, closeCode.originRefused])
})

test.each([
  ['their changes begin to be followed', 'userRevs', []],
  ['the board notes them', 'connect', ['online', 'offline']],
] as const)('[GW17] who goes while %s is there for nobody afterwards', async (_, at, told) => {
  await using server = await startWaiting(at)
  const { ann, domain } = server
  const heard: string[] = []
  domain.presence.onChange(({ userId, status }) => void (userId === ann && heard.push(status)))
  const socket = await openSocket(server, { token: server.token })
  await within(server.begun, 'the moment')
  await socket[Symbol.asyncDispose]()
  await cameTo(server)
  server.goOn()
  // Who comes after them has come when they would have.
  await using after = await openSocket(server, { token: server.signIn(await server.person('bob')) })
  await after.next('hello')
  expect(heard).toEqual([...told])
})
