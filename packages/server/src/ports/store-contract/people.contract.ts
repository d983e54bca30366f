import { expect, test } from 'bun:test'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { SettingsChange } from '@confab/protocol/settings'
import { handlePattern } from '@confab/protocol/user'
import type { ChangeMembership, ChangeProfile, KeepPresences } from '../writes.ts'
import {
  adding,
  fetchOne,
  logOf,
  newUserId,
  type OpenStore,
  openWorld,
  reading,
  removing,
  type World,
} from './world.contract.ts'

/** People, and what is a user's own. */
export function peopleContract(open: OpenStore) {
  test('[STORE20] people are found by the beginning of a word of the name, or of the handle', async () => {
    await using world = await openWorld(open)
    await world.store.createUser({ id: newUserId(), name: 'Zoë van den Berg', handle: 'zvdb', at: world.now })
    await world.store.createUser({ id: newUserId(), name: 'Bert Ankers', handle: 'bertje_a', at: world.now })
    const names = async (query: string) =>
      (await world.store.searchUsers({ query, limit: 10 })).items.map(({ name }) => name)
    expect(await names('ber')).toEqual(['Bert Ankers', 'Zoë van den Berg'])
    expect(await names('ZOE')).toEqual(['Zoë van den Berg'])
    expect(await names('den ber')).toEqual(['Zoë van den Berg'])
    expect(await names('zvd')).toEqual(['Zoë van den Berg'])
    expect(await names('bertje')).toEqual(['Bert Ankers'])
    expect(await names('kers')).toEqual([])
    expect(await names('%')).toEqual([])
  })

  test('[STORE21] a handle belongs to one user', async () => {
    await using world = await openWorld(open)
    const { store } = world
    const handleOf = async (id: UserId) => (await store.me(id))?.handle
    const [ann, second] = [await world.user('Ann'), await world.user('Ann')]
    const [odd, long, longer] = [
      await world.user('Ä!'),
      await world.user('x'.repeat(40)),
      await world.user('x'.repeat(41)),
    ]
    expect(await handleOf(ann)).toBe('ann')
    expect(await handleOf(second)).toBe('ann2')
    expect(await handleOf(odd)).toBe('usera')
    expect(await handleOf(long)).toBe('x'.repeat(32))
    expect(await handleOf(longer)).toBe(`${'x'.repeat(31)}2`)
    await store.createUser({ id: ann, name: 'Other', handle: 'other', at: world.now + 1 })
    expect(await store.me(ann)).toMatchObject({ name: 'Ann', handle: 'ann' })

    expect(await world.codeOf(profile(world, second, { handle: 'ann', bio: 'x' }))).toBe('conflict')
    expect(await store.me(second)).toMatchObject({ handle: 'ann2', bio: '' })
    await world.done(profile(world, ann, { handle: 'annie' }))
    await world.done(profile(world, second, { handle: 'ann' }))
    expect((await store.searchUsers({ query: 'ann', limit: 9 })).items.map(({ id }) => id)).toEqual([
      ann,
      second,
    ])
    expect((await store.users([second, newUserId(), ann])).map(({ id }) => id)).toEqual([second, ann])
  })

  test('[STORE22] userRev counts each change of what is one’s own, and nothing else', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    const group = await world.group([ann, bob])
    const setting = { muted: true, draft: 'soon' }
    const changes = [
      await world.done(membership(world, group, bob, setting)),
      await world.done(profile(world, bob, { bio: 'hi' })),
      await world.done(profile(world, bob, { locale: 'de' })),
      await world.done(removing(world, group, { actorId: ann, userId: bob })),
      await world.done(adding(world, group, { actorId: ann, userId: bob })),
    ].flatMap(({ userChanges }) => userChanges)
    expect(changes).toEqual([
      { change: 'conversation', userId: bob, userRev: 2, conversationId: group },
      { change: 'me', userId: bob, userRev: 3, profile: true },
      { change: 'me', userId: bob, userRev: 4, profile: false },
      { change: 'removed', userId: bob, userRev: 5, conversationId: group },
      { change: 'conversation', userId: bob, userRev: 6, conversationId: group },
    ])
    await world.send(group, bob)
    await world.done(reading(world, group, ann, 99))
    expect((await world.store.revs(bob)).userRev).toBe(6)
    expect((await world.store.revs(bob)).meRev).toBe(4)
    expect((await world.store.revs(ann)).userRev).toBe(1)
    expect(await world.store.memberships(bob)).toEqual([{ conversationId: group, head: 5, userRev: 6 }])
  })

  test('[STORE53] settings that are named are set or taken away, the others stay, and too many are refused', async () => {
    await using world = await openWorld(open)
    const { store } = world
    const ann = await world.user('Ann')
    const settings = async () => (await store.me(ann))?.settings
    const set = (change: SettingsChange) => profile(world, ann, { settings: change })
    expect(await settings()).toEqual({})
    await world.done(set({ theme: 'dark', 'sound.volume': 0.5, compact: true }))
    await world.done(set({ theme: 'Grüße 👋 "\\', compact: null, absent: null }))
    expect(await settings()).toEqual({ theme: 'Grüße 👋 "\\', 'sound.volume': 0.5 })

    const { userRev } = await store.revs(ann)
    await world.done(set({ 'sound.volume': 0.5 }))
    expect((await store.revs(ann)).userRev).toBe(userRev)

    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`s${at}`, at]))
    expect(await world.codeOf(set(many(99)))).toBe('invalid')
    expect(await settings()).toEqual({ theme: 'Grüße 👋 "\\', 'sound.volume': 0.5 })
    await world.done(set(many(98)))
    expect(Object.keys((await settings()) ?? {})).toHaveLength(100)
  })

  test('[STORE23] changedSince tells what moved at or after a time, to those whom it concerns', async () => {
    await using world = await openWorld(open)
    const [ann, bob, eve] = [await world.user('Ann'), await world.user('Bob'), await world.user('Eve')]
    const group = await world.group([ann, bob])
    const apart = await world.group([bob, eve])
    world.now += 1_000
    await world.send(group, ann)
    world.now += 1_000
    const since = world.now
    expect(await world.store.changedSince(ann, since)).toEqual({ receipts: [], users: [], until: null })
    await world.done(reading(world, group, bob, 3))
    await world.send(apart, eve)
    await world.done(profile(world, bob, { name: 'Bobby' }))
    await world.done(profile(world, eve, { name: 'Eva' }))
    const { receipts, users } = await world.store.changedSince(ann, since)
    const at = new Date(since).toISOString()
    expect(receipts).toEqual([
      { conversationId: group, userId: bob, readSeq: 3, readAt: at, deliveredSeq: 3, deliveredAt: at },
    ])
    expect(users.map(({ name }) => name)).toEqual(['Bobby'])
    expect(await world.store.changedSince(ann, since + 1)).toEqual({ receipts: [], users: [], until: null })
    expect(await world.store.sharing(ann, [bob, eve, newUserId()])).toEqual(new Set([bob]))
  })

  test('[STORE27] an erased user leaves, is found no more and keeps no name; their messages stay', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    const group = await world.group([ann, bob])
    const message = await world.send(group, ann, { text: 'still here' })
    const { events } = await world.done({ write: 'user.erase', actorId: ann, at: world.now })
    expect(events.map(({ type }) => type)).toEqual(['member.left', 'member.changed'])
    expect((await fetchOne(world, group, bob)).lastMessage).toEqual(message)
    expect(await world.store.me(ann)).toBeUndefined()
    // A handle that nobody can choose, so that nobody's choice can stand in the way of an erasure.
    expect((await world.store.users([ann]))[0]?.handle).not.toMatch(handlePattern)
    expect((await world.store.users([ann])).map(({ name, handle }) => [name, handle === 'ann'])).toEqual([
      ['Deleted user', false],
    ])
    expect((await world.store.searchUsers({ query: '', limit: 9 })).items.map(({ id }) => id)).toEqual([bob])
    expect(await world.codeOf(world.message(group, ann))).toBe('not_found')
    expect(await world.store.me(await world.user('Ann'))).toMatchObject({ handle: 'ann' })
    expect(await world.done({ write: 'user.erase', actorId: ann, at: world.now })).toMatchObject({
      fresh: false,
      userChanges: [],
    })
  })

  test('[STORE28] a change that changes nothing makes no event and no rev', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    const group = await world.group([ann, bob], { topic: 'Talk' })
    const twice = [
      membership(world, group, ann, { muted: true, notify: 'mentions' }),
      profile(world, ann, { name: 'Anna' }),
      adding(world, group, { actorId: ann, userId: await world.user('Eve') }),
      {
        write: 'conversation.change',
        conversationId: group,
        actorId: ann,
        at: world.now,
        change: { name: 'New', topic: 'Talk' },
      },
    ] as const
    for (const write of twice) expect((await world.done(write)).fresh).toBe(true)
    const revs = async () => [(await world.store.revs(ann)).userRev, (await world.store.revs(bob)).userRev]
    const [log, before] = [await logOf(world, group), await revs()]
    expect(log.at(-1)).toMatchObject({ type: 'conversation.changed', data: { name: 'New' } })
    expect(log.at(-1)?.data).toEqual({ name: 'New' })
    for (const write of twice)
      expect(await world.done(write)).toMatchObject({ fresh: false, events: [], userChanges: [] })
    expect(await logOf(world, group)).toEqual(log)
    expect(await revs()).toEqual(before)
  })

  test('[STORE29] the epoch is the same after a restart', async () => {
    await using world = await openWorld(open)
    await using another = await openWorld(open)
    const { epoch } = world.store
    await world.reopen()
    expect(world.store.epoch).toBe(epoch)
    expect(another.store.epoch).not.toBe(epoch)
  })

  test('[STORE42] what is one’s own and changed after a rev is told once, at its last, departures too', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    const first = await world.group([ann, bob])
    const second = await world.group([ann, bob])
    await world.done(membership(world, first, bob, { muted: true }))
    await world.done(profile(world, bob, { bio: 'here' }))
    await world.done(removing(world, second, { userId: bob }))
    await world.done(profile(world, bob, { bio: 'there' }))
    await world.reopen()
    expect(await world.store.userChanges(bob, 0)).toEqual({
      userRev: 6,
      changes: [
        { change: 'conversation', userId: bob, userRev: 3, conversationId: first },
        { change: 'removed', userId: bob, userRev: 5, conversationId: second },
        { change: 'me', userId: bob, userRev: 6, profile: false },
      ],
    })
    await world.done(adding(world, second, { actorId: ann, userId: bob }))
    const { changes } = await world.store.userChanges(bob, 5)
    expect(changes.map(({ change, userRev }) => [change, userRev])).toEqual([
      ['me', 6],
      ['conversation', 7],
    ])
    expect(await world.store.userChanges(bob, 7)).toEqual({ userRev: 7, changes: [] })
    const revs = new Map([bob, ann].map((id, index) => [id, [7, 2][index] ?? 0]))
    expect(await world.store.userRevs([bob, newUserId(), ann])).toEqual(revs)
  })

  test('[STORE41] when one was last seen moves forward only, and outlasts a restart; nobody’s is kept who is no user', async () => {
    await using world = await openWorld(open)
    const [ann, bob, eve] = [await world.user('Ann'), await world.user('Bob'), await world.user('Eve')]
    const keep = (presences: KeepPresences['presences']) => world.done({ write: 'presences.keep', presences })
    expect(await world.store.presences([ann, bob])).toEqual([])
    await keep([
      { userId: ann, lastSeenAt: 7_000 },
      { userId: newUserId(), lastSeenAt: 1 },
      { userId: bob, chosen: 'invisible' },
      { userId: eve, lastSeenAt: 1 },
    ])
    await keep([
      { userId: ann, lastSeenAt: 6_000, chosen: 'busy' },
      { userId: bob, lastSeenAt: 8_000 },
    ])
    await world.done({ write: 'user.erase', actorId: eve, at: world.now })
    await world.reopen()
    const kept = [
      { userId: bob, lastSeenAt: 8_000, chosen: 'invisible' },
      { userId: ann, lastSeenAt: 7_000, chosen: 'busy' },
    ] as const
    expect(await world.store.presences([bob, newUserId(), eve, ann])).toEqual([...kept])
    await keep([{ userId: ann, chosen: null }])
    expect(await world.store.presences([ann])).toEqual([{ ...kept[1], chosen: null }])
  })
}

const profile = (world: World, actorId: UserId, change: ChangeProfile['change']): ChangeProfile => ({
  write: 'profile.change',
  actorId,
  at: world.now,
  change,
})

const membership = (
  world: World,
  conversationId: ConversationId,
  actorId: UserId,
  change: ChangeMembership['change'],
): ChangeMembership => ({ write: 'membership.change', conversationId, actorId, at: world.now, change })
