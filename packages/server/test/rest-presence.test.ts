import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Ask, documentedAsk } from './documented.ts'
import { openSynced, signInPeople, startDirect } from './people.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'

let server: TestServer
let ask: Ask
beforeAll(async () => {
  server = await startServer()
  ask = await documentedAsk(server)
})
afterAll(() => server[Symbol.asyncDispose]())

const path = '/api/v1/presence'

test('[BEAT3] who beats over REST is seen by who shares a conversation, and by nobody else', async () => {
  const [ana, ben, eve] = await signInPeople(server, 'ana', 'ben', 'eve')
  await startDirect(server, ana, ben)
  await using watching = await openSynced(server, ben)
  await watching.call('presence.watch', { userIds: [ana.id] })
  expect(await ask(ana, `PUT ${path}`, { status: 'nowhere' })).toMatchObject({ status: 400 })
  expect((await ask(ana, `PUT ${path}`, { status: 'busy' })).status).toBe(204)
  expect(await watching.next('presence')).toMatchObject({ userId: ana.id, status: 'busy' })
  const seenBy = async (person: Person) => (await ask(person, `GET ${path}?userIds=${ana.id}`)).body
  expect(await seenBy(ben)).toEqual({
    items: [{ userId: ana.id, status: 'busy', lastSeenAt: null }],
    next: null,
  })
  expect(await seenBy(eve)).toMatchObject({ items: [{ status: 'offline', lastSeenAt: null }] })
})
