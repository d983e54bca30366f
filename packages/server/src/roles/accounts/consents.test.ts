import { expect, test } from 'bun:test'
import { userId } from '@confab/protocol/ids'
import { isoInstant, startAccounts as start } from '../../../test/accounts-server.ts'
import { unzip } from '../../../test/unzip.ts'

const own = '/api/v1/me/consents'
const settings = '/api/v1/admin/consent-settings'
const none = { terms: null, privacy: null, minimumAge: null }

async function startAsked() {
  const server = await start()
  const root = await server.signIn('root@example.com')
  const ann = await server.signIn('ann@example.com')
  const ask = (who: typeof ann, body: object) => who.as(settings, { method: 'PUT', body })
  const agree = (kind: string, version: number) =>
    ann.as(`${own}/${kind}`, { method: 'PUT', body: { version } })
  /** The administrator goes on only once they have agreed themselves. */
  const agreeAsRoot = async () => {
    for (const { kind, version } of (await root.as(own)).json().asked)
      await root.as(`${own}/${kind}`, { method: 'PUT', body: { version } })
  }
  return {
    server,
    root,
    ann,
    ask,
    agree,
    agreeAsRoot,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

test('[CONSENT2] administrators say what is asked for, and a member can not', async () => {
  await using world = await startAsked()
  const { root, ann, ask } = world
  expect((await ann.as(own)).json()).toEqual({ asked: [], missing: [], given: [] })
  expect((await ask(ann, { ...none, terms: 'T' })).status).toBe(403)
  for (const wrong of [{ ...none, terms: '' }, { ...none, minimumAge: 0 }, { ...none, minimumAge: 16.5 }, {}])
    expect((await ask(root, wrong)).status).toBe(400)
  const versions = { terms: 0, privacy: 0, age: 0 }
  expect((await root.as(settings)).json()).toEqual({ ...none, versions })
  const wanted = { terms: 'The terms ✓', privacy: 'The policy', minimumAge: 16 }
  const first = { terms: 1, privacy: 1, age: 1 }
  expect((await ask(root, wanted)).json()).toEqual({ ...wanted, versions: first })
  expect((await ann.as(own)).json()).toEqual({
    asked: [
      { kind: 'terms', version: 1, text: 'The terms ✓' },
      { kind: 'privacy', version: 1, text: 'The policy' },
      { kind: 'age', version: 1, text: '16' },
    ],
    missing: ['terms', 'privacy', 'age'],
    given: [],
  })
})

test('[CONSENT3] nobody goes on before they have agreed; a new version asks again, the same text does not', async () => {
  await using world = await startAsked()
  const { root, ann, ask, agree } = world
  const goesOn = async () => {
    const answer = await ann.as('/api/v1/users')
    return answer.status === 200 || [answer.status, answer.json().code]
  }
  expect(await goesOn()).toBe(true)
  await ask(root, { terms: 'First', privacy: null, minimumAge: 16 })
  const refused = [403, 'consent_needed']
  expect(await goesOn()).toEqual(refused)
  expect((await agree('terms', 1)).status).toBe(204)
  expect(await goesOn()).toEqual(refused)
  expect((await agree('privacy', 1)).status).toBe(404)
  expect((await agree('age', 2)).status).toBe(409)
  expect((await agree('age', 1)).status).toBe(204)
  expect(await goesOn()).toBe(true)
  expect((await ann.as(own)).json().given).toEqual([
    { kind: 'age', version: 1, givenAt: isoInstant, withdrawnAt: null },
    { kind: 'terms', version: 1, givenAt: isoInstant, withdrawnAt: null },
  ])

  expect((await root.as('/api/v1/users')).json().code).toBe('consent_needed')
  for (const kind of ['terms', 'age'])
    await root.as(`${own}/${kind}`, { method: 'PUT', body: { version: 1 } })
  await ask(root, { terms: 'First', privacy: null, minimumAge: 16 })
  expect(await goesOn()).toBe(true)
  await ask(root, { terms: 'Second', privacy: null, minimumAge: 16 })
  expect(await goesOn()).toEqual(refused)
  expect((await agree('terms', 1)).status).toBe(409)
  expect((await agree('terms', 2)).status).toBe(204)
  expect(await goesOn()).toBe(true)
})

test('[CONSENT6] who publishes over a version that they have not read is refused, and of two at once one is', async () => {
  await using world = await startAsked()
  const { root, ask, agreeAsRoot } = world
  const { versions } = (await ask(root, { ...none, terms: 'First' })).json()
  await agreeAsRoot()
  expect((await ask(root, { ...none, terms: 'Second', versions })).status).toBe(200)
  await agreeAsRoot()
  const late = await ask(root, { ...none, terms: 'Third', versions })
  expect([late.status, late.json().code]).toEqual([409, 'conflict'])
  expect((await root.as(settings)).json()).toMatchObject({ terms: 'Second', versions: { terms: 2 } })
  const both = await Promise.all(['One', 'Other'].map((terms) => ask(root, { ...none, terms })))
  await agreeAsRoot()
  const now = (await root.as(settings)).json()
  const published = both.filter(({ status }) => status === 200).map((answer) => answer.json())
  // Both, one after the other, or one: never two texts under one version.
  expect(new Set(published.map((one) => one.versions.terms)).size).toBe(published.length)
  expect(published.find((one) => one.versions.terms === now.versions.terms)).toEqual(now)
})

test('[CONSENT7] what one has agreed to can be read again, whatever is asked for now, and is in one’s export', async () => {
  await using world = await startAsked()
  const { server, root, ann, ask, agree, agreeAsRoot } = world
  const late = await server.signIn('late@example.com')
  const read = async (kind: string, version: number, who = ann) => {
    const answer = await who.as(`${own}/${kind}/${version}`)
    return answer.status === 200 ? answer.json() : answer.status
  }
  await ask(root, { terms: 'First ✓', privacy: null, minimumAge: 16 })
  expect(await read('terms', 1)).toEqual({ kind: 'terms', version: 1, text: 'First ✓' })
  for (const kind of ['terms', 'age']) await agree(kind, 1)
  await agreeAsRoot()
  await ask(root, { ...none, terms: 'Second' })
  expect(await read('terms', 1)).toEqual({ kind: 'terms', version: 1, text: 'First ✓' })
  expect(await read('age', 1)).toEqual({ kind: 'age', version: 1, text: '16' })
  expect(await read('terms', 2)).toMatchObject({ text: 'Second' })
  expect([await read('terms', 1, late), await read('terms', 3), await read('privacy', 1)]).toEqual([
    404, 404, 404,
  ])
  await agreeAsRoot()
  await ask(root, none)
  expect(await read('terms', 1)).toMatchObject({ text: 'First ✓' })

  await ann.as('/api/v1/me/export', { method: 'POST' })
  await server.work()
  const made = await server.domain.exports.find(userId.parse(ann.id))
  const zip = await server.blobs.get(`exports/${made?.id}.zip`)
  const files = await unzip(new Uint8Array(await new Response(zip?.content).arrayBuffer()))
  expect(JSON.parse(files.get('consents.json') ?? 'null')).toMatchObject([
    { kind: 'terms', version: 1, text: 'First ✓' },
    { kind: 'age', version: 1, text: '16' },
  ])
})

test('[CONSENT4] it is taken back, and asked for again; one’s own data stays within reach', async () => {
  await using world = await startAsked()
  const { root, ann, ask, agree } = world
  await ask(root, { ...none, terms: 'First' })
  await agree('terms', 1)
  expect((await ann.as(`${own}/terms`, { method: 'DELETE' })).status).toBe(204)
  expect((await ann.as(`${own}/terms`, { method: 'DELETE' })).status).toBe(404)
  expect((await ann.as('/api/v1/users')).json().code).toBe('consent_needed')
  expect((await ann.as(own)).json()).toMatchObject({
    missing: ['terms'],
    given: [{ withdrawnAt: isoInstant }],
  })
  for (const path of ['/api/v1/me', '/api/v1/me/sessions', '/api/v1/me/export/state'])
    expect((await ann.as(path)).status).toBe(200)
  expect((await ann.as('/api/v1/me', { method: 'DELETE' })).status).toBe(204)
})
