import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openDataFolder } from './data-folder.ts'
import { doCall, openSynced, personal, signInPeople } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { type Person, runServer, startServer, type TestServer } from './start-server.ts'
import { openStream } from './stream.ts'
import { withApp } from './two-factors.ts'

let server: TestServer
/** The administrator, who has come with two factors. */
let root: Person
beforeAll(async () => {
  server = await startServer()
  root = await withApp(server, await server.signIn('root@example.com'))
})
afterAll(() => server[Symbol.asyncDispose]())

test('[TOTP13] once it is required, what is open for who came with one factor closes, and nothing opens', async () => {
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const twofold = await withApp(server, bob)
  await using open = await openSynced(server, ann)
  await using stream = await openStream(server, ann)
  await using kept = await openSynced(server, twofold)
  await doCall(server, root, 'PATCH /api/v1/admin/account-settings', { secondFactor: 'everybody' })

  const turnedAway = { code: 4403, reason: 'second_factor_needed' }
  expect(await Promise.all([open.closed, stream.closed])).toEqual([turnedAway, turnedAway])
  expect(await (await openSocket(server, personal(ann))).closed).toEqual(turnedAway)
  for (const door of ['GET /api/v1/conversations', 'GET /api/v1/stream', 'POST /api/v1/ws/ticket'])
    expect((await server.call(ann, door)).body).toMatchObject({ status: 403, code: 'second_factor_needed' })
  // Whoever came with two has heard nothing of it.
  expect(await kept.call('ping')).toEqual({})

  const annAgain = await withApp(server, ann)
  await using socket = await openSynced(server, annAgain)
  expect(await socket.call('ping')).toEqual({})
})

test('[TOTP8] one that was lost is taken away, and then the first factor signs in by itself', async () => {
  const [ann] = await signInPeople(server, 'ann')
  await withApp(server, ann)
  const account = `/api/v1/admin/accounts/${ann.id}`
  expect(await doCall(server, root, `GET ${account}`)).toMatchObject({ secondFactor: true })
  const alone = server.signIn(ann.email).catch((cause: Error) => cause.message)
  expect(await alone).toContain('twoFactorRedirect')
  const removed = await doCall(server, root, `DELETE ${account}/second-factor`)
  expect(removed).toMatchObject({ id: ann.id, secondFactor: false })
  expect((await server.call(root, `DELETE ${account}/second-factor`)).status).toBe(409)
  const { body } = await server.call(undefined, `GET /api/dev/mail?to=${ann.email}`)
  expect(body).toMatchObject({
    items: [{ text: expect.stringContaining('An administrator removed') }, {}, {}],
  })
  expect(await server.signIn(ann.email)).toMatchObject({ id: ann.id })
})

test('[TOTP15] whoever runs the server takes the lost one of an administrator away, who has no other to ask', async () => {
  await using folder = await openDataFolder()
  const { dataDir } = folder
  const remove = (email: string) => runServer({ DATA_DIR: dataDir }, ['remove-second-factor', email])
  const first = await startServer({}, { dataDir })
  const alone = await withApp(first, await first.signIn('alone@example.com'))
  await doCall(first, alone, 'PATCH /api/v1/admin/account-settings', { secondFactor: 'administrators' })
  await first[Symbol.asyncDispose]()
  expect(await remove('nobody@example.com')).toMatchObject({ status: 65, said: '' })
  const said = 'Alone@example.com signs in by one factor now.\n'
  expect(await remove('Alone@example.com')).toMatchObject({ status: 0, said })

  await using second = await startServer({}, { dataDir })
  const inbox = await second.call(undefined, 'GET /api/dev/mail?to=alone@example.com')
  const mailed = { subject: 'Your second factor for Confab was removed' }
  expect(inbox.body).toMatchObject({
    items: [{ ...mailed, text: expect.stringContaining('Whoever runs the server removed') }, {}],
  })
  const back = await second.signIn('alone@example.com')
  const door = 'GET /api/v1/conversations'
  expect((await second.call(back, door)).body).toMatchObject({ status: 403, code: 'second_factor_needed' })
  const again = await withApp(second, back)
  expect((await second.call(again, door)).status).toBe(200)
  expect(await doCall(second, again, 'GET /api/v1/admin/audit?action=second-factor.removed')).toMatchObject({
    items: [{ actorId: null, targetId: alone.id }],
  })
}, 30_000)
