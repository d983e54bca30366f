import { expect, test } from 'bun:test'
import { userId } from '@confab/protocol/ids'
import { isoInstant, startAccounts as start } from '../../../test/accounts-server.ts'
import { askExport } from '../../domain/exports/ask-export.ts'

const minuteMs = 60_000
const path = '/api/v1/me/export'
const state = `${path}/state`
const none = { status: 'none', progress: 0, askedAt: null, readyAt: null, expiresAt: null, bytes: null }

test('[EXPORT3] it is asked for, made by the worker, mailed, and fetched', async () => {
  await using server = await start()
  const ann = await server.signIn('ann@example.com')
  expect((await ann.as(state)).json()).toEqual({ ...none, mayAskAt: null })
  const asked = await ann.as(path, { method: 'POST' })
  expect(asked.status).toBe(202)
  const waiting = { ...none, status: 'waiting', askedAt: isoInstant, mayAskAt: isoInstant }
  expect(asked.json()).toEqual(waiting)
  expect((await ann.as(path)).json()).toEqual(waiting)

  await server.work()
  const ready = (await ann.as(state)).json()
  expect(ready).toEqual({
    ...{ status: 'ready', progress: 1, askedAt: isoInstant, readyAt: isoInstant, expiresAt: isoInstant },
    bytes: expect.any(Number),
    mayAskAt: isoInstant,
  })
  const [mail] = await server.mailsTo('ann@example.com')
  expect([mail?.subject, mail?.text]).toEqual([
    'Your data is ready to be fetched',
    expect.stringContaining(`${server.home}/account`),
  ])
  const zip = await ann.as(path)
  expect([zip.status, zip.headers.get('content-type'), zip.headers.get('content-length')]).toEqual([
    200,
    'application/zip',
    `${ready.bytes}`,
  ])
  expect(zip.headers.get('content-disposition')).toContain('attachment')
  expect(zip.headers.get('cache-control')).toBe('no-store')
})

test('[EXPORT4] a GET begins one where there is none, and there is one an hour', async () => {
  await using server = await start()
  const ann = await server.signIn('ann@example.com')
  const bob = await server.signIn('bob@example.com')
  const begun = await ann.as(path)
  expect([begun.status, begun.json().status]).toEqual([202, 'waiting'])
  expect((await ann.as(path, { method: 'POST' })).status).toBe(202)
  await server.work()
  const refused = await ann.as(path, { method: 'POST' })
  expect([refused.status, refused.json().code]).toEqual([429, 'rate_limited'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500)
  expect((await bob.as(path, { method: 'POST' })).status).toBe(202)
  server.advance(61 * minuteMs)
  expect((await ann.as(state)).json()).toMatchObject({ status: 'ready', mayAskAt: null })
  expect((await ann.as(path, { method: 'POST' })).status).toBe(202)
})

test('[EXPORT12] a link on another’s page begins none, though the cookie comes with it; one’s own page does', async () => {
  await using server = await start()
  const ann = await server.signIn('ann@example.com')
  const from = (headers: Record<string, string>) =>
    server.ask(path, { headers: { ...ann.cookie, ...headers } })
  for (const site of [
    {},
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://elsewhere.example.com' },
  ]) {
    const refused = await from(site)
    expect([refused.status, refused.json().code]).toEqual([403, 'forbidden'])
  }
  expect((await ann.as(state)).json()).toEqual({ ...none, mayAskAt: null })
  const begun = await from({ 'Sec-Fetch-Site': 'same-origin' })
  expect([begun.status, begun.json().status]).toEqual([202, 'waiting'])
  // What is there already is told, and handed out, whoever asks: nothing begins.
  expect((await from({ 'Sec-Fetch-Site': 'cross-site' })).status).toBe(202)
  await server.work()
  expect((await from({ 'Sec-Fetch-Site': 'cross-site' })).headers.get('content-type')).toBe('application/zip')
})

test('[EXPORT10] one that is under way for a day has failed, and another may be asked for', async () => {
  await using server = await start()
  const ann = await server.signIn('ann@example.com')
  const { askedAt } = (await ann.as(path)).json()
  server.advance(24 * 60 * minuteMs - 1)
  expect((await ann.as(path, { method: 'POST' })).json()).toMatchObject({ status: 'waiting', askedAt })
  server.advance(1)
  expect((await ann.as(state)).json()).toMatchObject({ status: 'failed', mayAskAt: null })
  const again = (await ann.as(path, { method: 'POST' })).json()
  expect(again.status).toBe('waiting')
  expect(again.askedAt).not.toBe(askedAt)
  // The job of the first finds itself not wanted.
  await server.work()
  expect((await ann.as(state)).json()).toMatchObject({ status: 'ready', askedAt: again.askedAt })
})

test('[EXPORT11] one whose job could not be kept is as if nobody had asked', async () => {
  await using server = await start()
  const ann = await server.signIn('ann@example.com')
  const add = () => Promise.reject(new Error('the disk is full'))
  const full = { ...server.domain, queue: { ...server.domain.queue, add } }
  await expect(askExport(full, userIdOf(ann))).rejects.toThrow('the disk is full')
  expect((await ann.as(state)).json()).toEqual({ ...none, mayAskAt: null })
  expect((await ann.as(path, { method: 'POST' })).json().status).toBe('waiting')
})

test('[EXPORT5] it can be fetched for three days, by its owner alone, and then is gone', async () => {
  await using server = await start()
  const ann = await server.signIn('ann@example.com')
  const bob = await server.signIn('bob@example.com')
  await ann.as(path)
  await server.work()
  const { id } = (await server.domain.exports.find(userIdOf(ann))) ?? { id: '' }
  const kept = () => server.blobs.get(`exports/${id}.zip`)
  expect((await bob.as(path)).status).toBe(202)
  expect((await server.ask(path)).status).toBe(401)
  expect((await ann.as(path)).status).toBe(200)
  expect(await kept()).toBeDefined()
  server.advance(3 * 24 * 60 * minuteMs)
  expect((await ann.as(state)).json()).toEqual({ ...none, mayAskAt: null })
  // Nobody asks for anything any more.
  server.advance(60 * minuteMs)
  await server.rest()
  expect(await kept()).toBeUndefined()
  expect((await ann.as(path)).status).toBe(202)
})

test('[EXPORT6] that it was asked for, made and fetched is in the audit log', async () => {
  await using server = await start()
  const ann = await server.signIn('ann@example.com')
  await ann.as(path)
  await server.work()
  await ann.as(path)
  const { items } = (await ann.as(`/api/v1/admin/audit?userId=${ann.id}`)).json()
  const actions = items.map(({ action }: { action: string }) => action)
  expect(actions).toEqual(['export.fetched', 'export.made', 'export.asked', 'sign-in'])
})

test('[EXPORT7] who erases themselves takes it along, made or not', async () => {
  await using server = await start()
  await server.signIn('root@example.com')
  const ann = await server.signIn('ann@example.com')
  const bob = await server.signIn('bob@example.com')
  await ann.as(path)
  await server.work()
  const { id } = (await server.domain.exports.find(userIdOf(ann))) ?? { id: '' }
  expect(await server.blobs.get(`exports/${id}.zip`)).toBeDefined()
  await bob.as(path)
  for (const who of [ann, bob]) expect((await who.as('/api/v1/me', { method: 'DELETE' })).status).toBe(204)
  await server.work()
  expect(await server.blobs.get(`exports/${id}.zip`)).toBeUndefined()
  expect(await server.domain.exports.find(userIdOf(ann))).toBeUndefined()
  expect(await server.domain.exports.find(userIdOf(bob))).toBeUndefined()
  expect(server.reports).toEqual([])
})

test('[EXPORT7] nor does a mail stay of who is erased just as theirs goes out', async () => {
  let erase = async (): Promise<unknown> => undefined
  await using server = await start({ beforeWorkersMail: async () => void (await erase()) })
  await server.signIn('root@example.com')
  const [ann, bob] = [await server.signIn('ann@example.com'), await server.signIn('bob@example.com')]
  await bob.as(path)
  await server.work()
  expect(await server.mailsTo('bob@example.com')).toHaveLength(2)
  erase = () => ann.as('/api/v1/me', { method: 'DELETE' })
  await ann.as(path)
  await server.work()
  expect((await ann.as('/api/v1/me')).status).toBe(401)
  expect(await server.mailsTo('ann@example.com')).toEqual([])
})

const userIdOf = ({ id }: { id: string }) => userId.parse(id)
