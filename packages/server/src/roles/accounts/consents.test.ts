import { expect, test } from 'bun:test'
import { isoInstant, startAccounts as start } from '../../../test/accounts-server.ts'

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
  return { server, root, ann, ask, agree, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

test('[CONSENT2] administrators say what is asked for, and a member can not', async () => {
  await using world = await startAsked()
  const { root, ann, ask } = world
  expect((await ann.as(own)).json()).toEqual({ asked: [], missing: [], given: [] })
  expect((await ask(ann, { ...none, terms: 'T' })).status).toBe(403)
  for (const wrong of [{ ...none, terms: '' }, { ...none, minimumAge: 0 }, { ...none, minimumAge: 16.5 }, {}])
    expect((await ask(root, wrong)).status).toBe(400)
  expect((await root.as(settings)).json()).toEqual(none)
  const wanted = { terms: 'The terms ✓', privacy: 'The policy', minimumAge: 16 }
  expect((await ask(root, wanted)).json()).toEqual(wanted)
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
