import { describe, expect, test } from 'bun:test'
import { isoInstant, startAccounts as start } from '../../../test/accounts-server.ts'

describe('oneself', () => {
  test('[ME1] one sees oneself, with what only oneself sees', async () => {
    await using server = await start()
    const ann = await server.signIn('ann.lee@example.com')
    expect((await ann.as('/api/v1/me')).json()).toEqual({
      id: ann.id,
      name: 'Ann Lee',
      handle: 'ann_lee',
      avatarUrl: null,
      bio: '',
      createdAt: isoInstant,
      updatedAt: isoInstant,
      email: 'ann.lee@example.com',
      locale: null,
      timezone: null,
      settings: {},
      blocks: [],
      serverRole: 'admin',
    })
  })

  test('[ME2] what is given changes, and nothing else', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    const before = (await ann.as('/api/v1/me')).json()
    const change = { name: 'Ann ✓', bio: 'Here', locale: 'de-CH', timezone: 'Europe/Zurich' }
    const answer = await ann.as('/api/v1/me', { method: 'PATCH', body: change })
    expect(answer.status).toBe(200)
    expect(answer.json()).toEqual({ ...before, ...change, updatedAt: isoInstant })
    expect((await ann.as('/api/v1/me')).json()).toEqual(answer.json())
    const cleared = await ann.as('/api/v1/me', { method: 'PATCH', body: { locale: null } })
    expect(cleared.json()).toMatchObject({ ...change, locale: null })
  })

  test('[ME2] a handle is one person’s', async () => {
    await using server = await start()
    const [ann, bob] = [await server.signIn('ann@example.com'), await server.signIn('bob@example.com')]
    const take = (who: typeof ann, handle: string) =>
      who.as('/api/v1/me', { method: 'PATCH', body: { handle } })
    expect((await take(bob, 'ann')).json()).toMatchObject({ status: 409, code: 'conflict' })
    expect((await take(bob, 'the_builder')).json()).toMatchObject({ handle: 'the_builder' })
    expect((await take(ann, 'ann')).status).toBe(200)
  })

  test.each([
    [{ name: '' }, 'name'],
    [{ name: '  ' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 'a\0b' }, 'name'],
    [{ name: 7 }, 'name'],
    [{ handle: 'A' }, 'handle'],
    [{ handle: 'with space' }, 'handle'],
    [{ bio: 'x'.repeat(501) }, 'bio'],
    [{ locale: 'x'.repeat(36) }, 'locale'],
  ])('[ME2] %j is invalid', async (body, path) => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    const before = (await ann.as('/api/v1/me')).json()
    const answer = (await ann.as('/api/v1/me', { method: 'PATCH', body })).json()
    expect([answer.status, answer.code, answer.errors[0].path]).toEqual([400, 'invalid', path])
    expect((await ann.as('/api/v1/me')).json()).toEqual(before)
  })

  test('[ME3] who erases themselves is gone, from every door', async () => {
    await using server = await start()
    const [ann, bob] = [await server.signIn('ann@example.com'), await server.signIn('bob@example.com')]
    const phone = await server.signIn('ann@example.com')
    expect((await bob.as('/api/v1/users?query=ann')).json().items).toHaveLength(1)
    expect((await ann.as('/api/v1/me', { method: 'DELETE' })).status).toBe(204)
    expect((await ann.as('/api/v1/me')).status).toBe(401)
    expect((await phone.as('/api/v1/me')).status).toBe(401)
    expect((await bob.as('/api/v1/users?query=ann')).json().items).toEqual([])
    expect((await server.signIn('ann@example.com')).id).not.toBe(ann.id)
  })
})

describe('the directory', () => {
  test('[ME4] finds by name, handle and ids, and tells nobody’s email', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    const bob = await server.signIn('bob.smith@example.com')
    const profile = {
      id: bob.id,
      name: 'Bob Smith',
      handle: 'bob_smith',
      avatarUrl: null,
      bio: '',
      createdAt: isoInstant,
      updatedAt: isoInstant,
    }
    const found = async (query: string) => (await ann.as(`/api/v1/users?${query}`)).json()
    expect(await found('query=smi')).toEqual({ items: [profile], next: null })
    expect(await found('query=BOB')).toEqual({ items: [profile], next: null })
    expect(await found(`ids=${bob.id}`)).toEqual({ items: [profile], next: null })
    expect(await found('query=example.com')).toEqual({ items: [], next: null })
    expect((await ann.as(`/api/v1/users/${bob.id}`)).json()).toEqual(profile)
    const everybody = await ann.as('/api/v1/users')
    expect(everybody.json().items).toHaveLength(2)
    expect(everybody.text).not.toContain('@')
  })

  test('[ME4] ids that are nobody’s are left out, one that can’t be an id is invalid or missing', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    const nobody = Bun.randomUUIDv7()
    const some = (await ann.as(`/api/v1/users?ids=${nobody},${ann.id}`)).json()
    expect(some.items.map(({ id }: { id: string }) => id)).toEqual([ann.id])
    expect((await ann.as('/api/v1/users?ids=x')).json()).toMatchObject({ code: 'invalid' })
    expect((await ann.as(`/api/v1/users/${nobody}`)).json()).toMatchObject({ code: 'not_found' })
    expect((await ann.as('/api/v1/users/x')).json()).toMatchObject({ code: 'not_found' })
  })

  test('[ME4] comes in pages', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    await server.signIn('bob@example.com')
    await server.signIn('carl@example.com')
    const first = (await ann.as('/api/v1/users?limit=2')).json()
    const second = (await ann.as(`/api/v1/users?limit=2&cursor=${encodeURIComponent(first.next)}`)).json()
    const names = [...first.items, ...second.items].map(({ name }) => name)
    expect(names.sort()).toEqual(['Ann', 'Bob', 'Carl'])
    expect(second.next).toBeNull()
  })

  test('[ME5] tells nothing to whoever is not signed in', async () => {
    await using server = await start()
    const ann = await server.signIn('ann@example.com')
    for (const path of ['/api/v1/me', '/api/v1/users', `/api/v1/users/${ann.id}`]) {
      expect((await server.ask(path)).json()).toMatchObject({ status: 401, code: 'unauthenticated' })
      expect((await ann.as(path)).status).toBe(200)
    }
  })
})
