import { expect, test } from 'bun:test'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { doCall, openSynced, startDirect, startGroup } from './people.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'
import { tablesWith } from './test-engine.ts'

/** In which files of a folder, or tables of its database, a text stands. */
async function placesWith(folder: string, text: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name))
  const held = await Promise.all(files.map(async (file) => (await readFile(file)).includes(text)))
  return [...files.filter((_, index) => held[index]), ...(await tablesWith(folder, text))]
}

const send = (server: TestServer, as: Person, id: string, text: string) =>
  doCall(server, as, `POST /api/v1/conversations/${id}/messages`, { clientId: crypto.randomUUID(), text })

test('[ERASE3] [ERASE4] nothing personal is in any file or table afterwards, and others read on', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-erased-'))
  const server = await startServer({ RATE_LIMITS: 'off' }, { dataDir })
  const zed = await server.signIn('zed-5e1f@example.com')
  const bob = await server.signIn('bob-77aa@example.com')
  const said = { name: 'Zedname-81c2', handle: 'zedhandle_93d1', bio: 'zedbio-a1b0', locale: 'gsw-zedland' }
  await doCall(server, zed, 'PATCH /api/v1/me', said)
  const group = await startGroup(server, zed, [bob])
  const pair = await startDirect(server, zed, bob)
  await send(server, zed, group.id, 'stays-in-group')
  await send(server, zed, pair.id, 'stays-in-pair')
  await doCall(server, zed, `PATCH /api/v1/conversations/${group.id}/me`, { draft: 'zeddraft-77e1' })
  const link = await doCall(server, zed, `POST /api/v1/conversations/${group.id}/invitations`, {})
  await doCall(server, zed, 'POST /api/v1/me/export')
  const socket = await openSynced(server, bob)

  const canaries = ['zed-5e1f@example.com', ...Object.values(said), 'zeddraft-77e1', zed.token]
  expect((await server.call(zed, 'DELETE /api/v1/me')).status).toBe(204)
  expect((await server.call(zed, 'GET /api/v1/me')).status).toBe(401)
  const { body: erased } = await server.call(bob, `GET /api/v1/users/${zed.id}`)
  expect(erased).toMatchObject({ id: zed.id, name: 'Deleted user', bio: '', avatarUrl: null })
  for (const [id, text] of [
    [group.id, 'stays-in-group'],
    [pair.id, 'stays-in-pair'],
  ]) {
    const { body } = await server.call(bob, `GET /api/v1/conversations/${id}/messages`)
    expect(body).toMatchObject({ items: [{ senderId: zed.id, text }] })
  }
  expect((await server.call(bob, `GET /api/v1/conversations/${group.id}`)).body).toMatchObject({
    me: { role: 'owner' },
    memberCount: 1,
  })
  expect((await server.call(bob, 'GET /api/v1/me')).body).toMatchObject({ serverRole: 'admin' })
  const told = { actorId: zed.id, targetId: bob.id, network: '127.0.0.0/24' }
  const given = [
    { ...told, detail: { conversationId: group.id, from: 'member', to: 'owner' } },
    { ...told, detail: { role: 'admin' } },
  ]
  expect(await server.call(bob, 'GET /api/v1/admin/audit?action=role.changed')).toMatchObject({
    body: { items: given },
  })
  const { token } = link as { token: string }
  expect((await server.call(bob, 'POST /api/v1/invitations/accept', { token })).status).toBe(404)
  expect(await server.call(bob, 'GET /api/dev/mail?to=zed-5e1f@example.com')).toMatchObject({
    body: { items: [] },
  })
  await socket[Symbol.asyncDispose]()

  expect(await server.stop()).toBe(0)
  const left = await Promise.all(canaries.map(async (one) => [one, await placesWith(dataDir, one)]))
  expect(left).toEqual(canaries.map((one) => [one, []]))
  expect(await placesWith(dataDir, 'stays-in-group')).toHaveLength(1)
  expect(await placesWith(dataDir, 'bob-77aa@example.com')).not.toEqual([])
  await rm(dataDir, { recursive: true })
})
