import { expect, test } from 'bun:test'
import { systemClock } from '../src/lib/clock.ts'
import { startInProcess } from './in-process.ts'
import { openSocket } from './raw-socket.ts'
import { within } from './within.ts'

/** A gateway that learns of nobody whether they may come in until the gate is opened, and somebody at it. */
async function startGated() {
  const server = await startInProcess({ clock: systemClock })
  const gate = Promise.withResolvers<undefined>()
  const { settings } = server.domain
  Object.assign(server.domain, { settings: { ...settings, read: () => gate.promise } })
  const token = server.signIn(await server.person('ann'))
  return { ...server, token, openGate: () => gate.resolve(undefined) }
}

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
