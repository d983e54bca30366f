import { expect, test } from 'bun:test'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { type ChangeRole, type CreateConversation, erasedRowsAtOnce } from '../writes.ts'
import {
  adding,
  fetchOne,
  logOf,
  newConversationId,
  newUserId,
  type OpenStore,
  openWorld,
  randomKey,
  removing,
  type World,
} from './world.contract.ts'

/** Who is in a conversation, as what, and what becomes of it when they go. */
export function membershipContract(open: OpenStore) {
  test('[STORE7] a pair has one direct conversation, whoever begins; one with oneself is one, too', async () => {
    await using world = await openWorld(open)
    const [ann, bob, eve] = [await world.user('Ann'), await world.user('Bob'), await world.user('Eve')]
    const first = await world.done(direct(world, ann, bob))
    const second = await world.done(direct(world, bob, ann))
    expect(second).toEqual({ ...nothing, conversationId: idOf(first) })
    const notes = await world.done(direct(world, ann, ann))
    expect(idOf(await world.done(direct(world, ann, ann)))).toBe(idOf(notes))
    expect(new Set([idOf(first), idOf(notes), idOf(await world.done(direct(world, ann, eve)))]).size).toBe(3)
    expect((await fetchOne(world, idOf(notes), ann)).memberCount).toBe(1)

    expect(await world.codeOf(adding(world, idOf(first), { actorId: ann, userId: eve }))).toBe('conflict')
    expect(await world.codeOf(removing(world, idOf(first), { userId: ann }))).toBe('conflict')
  })

  test('[STORE7] the same createKey makes nothing twice, after a restart too', async () => {
    await using world = await openWorld(open)
    const ann = await world.user('Ann')
    const createKey = randomKey()
    const group = await world.group([ann], { createKey })
    await world.reopen()
    expect(await world.group([ann], { createKey })).toBe(group)
    expect(await world.group([ann], { createKey: randomKey() })).not.toBe(group)
    expect(await logOf(world, group)).toHaveLength(1)
  })

  test('[STORE8] a new conversation begins with its members’ joining, the owner first, each once', async () => {
    await using world = await openWorld(open)
    const [ann, bob, eve] = [await world.user('Ann'), await world.user('Bob'), await world.user('Eve')]
    const group = await world.group([ann, eve, ann, bob, eve])
    expect((await logOf(world, group)).map(({ seq, actorId, data }) => [seq, actorId, data])).toEqual([
      [1, ann, { userId: ann, role: 'owner' }],
      [2, ann, { userId: eve, role: 'member' }],
      [3, ann, { userId: bob, role: 'member' }],
    ])
    const refused = { ...direct(world, ann, bob), kind: 'group', memberIds: [bob, newUserId()] } as const
    expect(await world.codeOf(refused)).toBe('not_found')
    expect(await world.store.standing(refused.conversationId, ann)).toBeUndefined()
  })

  test('[STORE9] the owner’s heir is the longest-standing admin, else member', async () => {
    await using world = await openWorld(open)
    const [ann, bob, eve] = [await world.user('Ann'), await world.user('Bob'), await world.user('Eve')]
    const group = await world.group([ann, bob, eve])
    await world.done(giving(world, group, { actorId: ann, userId: eve, role: 'admin' }))
    const left = await world.done(removing(world, group, { userId: ann }))
    expect(left.events.map(({ type, actorId, data }) => [type, actorId, data])).toEqual([
      ['member.left', ann, { userId: ann }],
      ['member.changed', eve, { userId: eve, role: 'owner' }],
    ])
    expect(left.userChanges).toMatchObject([{ change: 'removed', userId: ann, conversationId: group }])
    const gone = { conversationId: group, from: 'owner', to: null } as const
    expect(left.roles).toEqual([
      { ...gone, userId: ann },
      { conversationId: group, userId: eve, from: 'admin', to: 'owner' },
    ])
    const next = await world.done(removing(world, group, { userId: eve }))
    expect(next.roles).toEqual([
      { ...gone, userId: eve },
      { conversationId: group, userId: bob, from: 'member', to: 'owner' },
    ])
    expect(await rolesOf(world, group, bob)).toEqual([[bob, 'owner']])
  })

  test('[ERASE4] an erasure tells who owns from now on what the person owned, and what they were before', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    const [plain, administered] = [await world.group([ann, bob]), await world.group([ann, bob])]
    await world.group([bob, ann])
    await world.group([ann])
    await world.done(giving(world, administered, { actorId: ann, userId: bob, role: 'admin' }))
    const { roles = [] } = await world.done({ write: 'user.erase', actorId: ann, at: world.now })
    expect(new Set(roles)).toEqual(
      new Set([
        { conversationId: plain, userId: bob, from: 'member', to: 'owner' },
        { conversationId: administered, userId: bob, from: 'admin', to: 'owner' },
      ]),
    )
  })

  test('[STORE10] the last to leave deletes the conversation', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    const group = await world.group([ann, bob])
    const { seq } = await world.send(group, ann)
    await world.done(removing(world, group, { userId: ann }))
    expect(await world.store.standing(group, ann)).toMatchObject({ memberCount: 1, role: undefined })
    const last = await world.done(removing(world, group, { userId: bob }))
    expect(last.roles).toEqual([{ conversationId: group, userId: bob, from: 'owner', to: null }])
    expect(last.events.map(({ type }) => type)).toEqual(['member.left'])
    await expectGone(world, group, { userId: bob, seq })
  })

  test('[STORE10] deleting takes the conversation from all its members and leaves nothing to read', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    const group = await world.group([ann, bob])
    const other = await world.group([ann, bob])
    const { seq } = await world.send(group, bob)
    const deletion = {
      write: 'conversation.delete',
      conversationId: group,
      at: world.now,
    } as const
    expect(await world.codeOf({ ...deletion, actorId: bob })).toBe('forbidden')
    const { events, userChanges } = await world.done({ ...deletion, actorId: ann })
    expect(events).toEqual([])
    expect(userChanges.map(({ change, userId }) => [change, userId])).toEqual([
      ['removed', ann],
      ['removed', bob],
    ])
    await expectGone(world, group, { userId: bob, seq })
    expect(await logOf(world, other)).toHaveLength(2)
  })

  test('[STORE43] a large conversation is gone at once, and erased in steps that a restart does not end', async () => {
    await using world = await openWorld(open)
    const people = await world.users(erasedRowsAtOnce + 1)
    const [ann, bob] = [people[0], people.at(-1)]
    if (!ann || !bob) throw new Error('no people')
    const group = await world.group(people)
    const other = await world.group([ann, bob])
    const { seq } = await world.send(group, bob)
    await world.store.commit(people.map((id) => world.message(group, id)))
    await world.send(other, bob)
    const deletion = { conversationId: group, actorId: ann, at: world.now } as const
    const begun = await world.done({ write: 'conversation.delete', ...deletion })
    await expectGone(world, group, { userId: bob, seq })
    expect(await world.store.sharing(ann, people)).toEqual(new Set([ann, bob]))

    const told = [...begun.userChanges]
    let steps = 0
    for (let { rest } = begun; rest; steps++) {
      await world.reopen()
      expect(await world.store.isErasing()).toBe(true)
      const step = await world.done(rest)
      expect(step.userChanges.length).toBeLessThanOrEqual(erasedRowsAtOnce)
      told.push(...step.userChanges)
      rest = step.rest
    }
    expect(steps).toBeGreaterThan(2)
    expect(await world.store.isErasing()).toBe(false)
    expect(told.map(({ change, userId }) => [change, userId])).toEqual(people.map((id) => ['removed', id]))
    expect((await fetchOne(world, other, bob)).me).toMatchObject({ unread: 0 })
    const { changes } = await world.store.userChanges(bob, 0)
    expect(changes.map(({ change }) => change)).toEqual(['conversation', 'removed'])
  }, 30_000)

  test('[STORE11] who comes back has read up to the joining and reads on from the seq they had', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    const group = await world.group([ann, bob])
    const seen = (await fetchOne(world, group, bob)).head
    await world.done(removing(world, group, { actorId: ann, userId: bob }))
    await world.send(group, ann)
    await world.done(adding(world, group, { actorId: ann, userId: bob }))
    const { events, head } = await world.store.events({ conversationId: group, after: seen, limit: 50 })
    expect(events.map(({ seq, type }) => [seq, type])).toEqual([
      [3, 'member.left'],
      [4, 'message.created'],
      [5, 'member.joined'],
    ])
    expect((await fetchOne(world, group, bob)).me).toMatchObject({ readSeq: head, unread: 0, role: 'member' })
    const again = await world.done(adding(world, group, { actorId: ann, userId: bob }))
    expect(again).toEqual(nothing)
  })

  test('[STORE26] only the owner hands the conversation over, and nobody takes it', async () => {
    await using world = await openWorld(open)
    const [ann, bob, eve] = [await world.user('Ann'), await world.user('Bob'), await world.user('Eve')]
    const group = await world.group([ann, bob, eve])
    await world.done(giving(world, group, { actorId: ann, userId: bob, role: 'admin' }))
    expect(await world.codeOf(giving(world, group, { actorId: bob, userId: bob, role: 'owner' }))).toBe(
      'forbidden',
    )
    expect(await world.codeOf(giving(world, group, { actorId: bob, userId: ann, role: 'member' }))).toBe(
      'forbidden',
    )
    expect(await world.codeOf(giving(world, group, { actorId: ann, userId: ann, role: 'member' }))).toBe(
      'conflict',
    )
    expect(await world.codeOf(removing(world, group, { actorId: bob, userId: ann }))).toBe('forbidden')

    const { events } = await world.done(giving(world, group, { actorId: ann, userId: bob, role: 'owner' }))
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ['member.changed', { userId: bob, role: 'owner' }],
      ['member.changed', { userId: ann, role: 'admin' }],
    ])
    expect(await rolesOf(world, group, eve)).toEqual([
      [ann, 'admin'],
      [bob, 'owner'],
      [eve, 'member'],
    ])
  })

  test('[STORE18] a private conversation is hidden from outsiders, a public channel shows no message', async () => {
    await using world = await openWorld(open)
    const [ann, eve] = [await world.user('Ann'), await world.user('Eve')]
    const hidden = await world.group([ann], { kind: 'channel', name: 'Private channel' })
    const shown = await world.group([ann], { kind: 'channel', name: 'Public channel', visibility: 'public' })
    await world.send(shown, ann)
    await world.send(hidden, ann)
    expect(await world.store.conversations({ ids: [hidden], viewerId: eve })).toEqual([])
    const channel = await fetchOne(world, shown, eve)
    expect(channel).toMatchObject({ id: shown, lastMessage: null, me: null, memberCount: 1 })
    expect(channel.members.map(({ user, readSeq }) => [user.id, readSeq])).toEqual([[ann, null]])
    const list = async (viewerId: UserId, query: string) =>
      (await world.store.channels({ query, viewerId, limit: 10 })).items.map(({ id }) => id)
    // Nor is a private one that is the viewer's own a channel to be found.
    for (const viewer of [eve, ann]) {
      expect(await list(viewer, 'C CHAN')).toEqual([shown])
      expect(await list(viewer, 'private')).toEqual([])
    }

    expect(await world.codeOf(adding(world, hidden, { actorId: eve, userId: eve }))).toBe('not_found')
    await world.done(adding(world, shown, { actorId: eve, userId: eve }))
    expect((await fetchOne(world, shown, eve)).me).toMatchObject({ role: 'member', unread: 0 })
  })

  test('[STORE48] whoever joins a public channel joins as a member, whatever they ask for', async () => {
    await using world = await openWorld(open)
    const [ann, eve] = [await world.user('Ann'), await world.user('Eve')]
    const shown = await world.group([ann], { kind: 'channel', name: 'Public channel', visibility: 'public' })
    const joining = (role: 'admin' | 'member') => ({
      ...adding(world, shown, { actorId: eve, userId: eve }),
      role,
    })
    expect(await world.codeOf(joining('admin'))).toBe('forbidden')
    await world.done(joining('member'))
    expect(await rolesOf(world, shown, ann)).toEqual([
      [ann, 'owner'],
      [eve, 'member'],
    ])
  })

  test('[STORE19] the 20 longest-standing are shown; above 100 members cursors are one’s own affair', async () => {
    await using world = await openWorld(open)
    const people = await world.users(101)
    const [ann, bob, last] = [people[0], people[1], people.at(-1)]
    if (!ann || !bob || !last) throw new Error('no people')
    const group = await world.group(people.slice(0, 100))
    const small = await fetchOne(world, group, ann)
    expect(small.members.map(({ user }) => user.id)).toEqual(people.slice(0, 20))
    expect(small.members[1]).toMatchObject({ joinedSeq: 2, readSeq: 2, deliveredSeq: 2 })
    expect((await world.done(world.message(group, bob))).receipts).toMatchObject([{ told: true }])
    expect(await world.store.readers({ conversationId: group, seq: 101 })).toHaveLength(1)

    await world.done(adding(world, group, { actorId: ann, userId: last }))
    const large = await fetchOne(world, group, ann)
    expect(large.members[1]).toMatchObject({
      readSeq: null,
      readAt: null,
      deliveredSeq: null,
      deliveredAt: null,
    })
    expect((await world.done(world.message(group, bob))).receipts).toMatchObject([{ told: false }])
    expect(await world.store.readers({ conversationId: group, seq: 101 })).toBeNull()
  })
}

const nothing = { status: 'committed', fresh: false, events: [], receipts: [], userChanges: [] } as const

const direct = (world: World, actorId: UserId, other: UserId): CreateConversation => ({
  write: 'conversation.create',
  conversationId: newConversationId(),
  actorId,
  at: world.now,
  kind: 'direct',
  name: null,
  topic: null,
  visibility: 'private',
  memberIds: [other],
})

const giving = (
  world: World,
  conversationId: ConversationId,
  { actorId, userId, role }: Pick<ChangeRole, 'actorId' | 'userId' | 'role'>,
): ChangeRole => ({
  write: 'member.change',
  conversationId,
  actorId,
  at: world.now,
  userId,
  role,
})

function idOf({ conversationId }: { conversationId?: ConversationId }): ConversationId {
  if (!conversationId) throw new Error('no conversation was answered')
  return conversationId
}

async function rolesOf(world: World, id: ConversationId, viewerId: UserId) {
  return (await fetchOne(world, id, viewerId)).members.map(({ user, role }) => [user.id, role])
}

async function expectGone(
  world: World,
  id: ConversationId,
  { userId, seq }: { userId: UserId; seq: number },
) {
  expect(await world.store.standing(id, userId)).toBeUndefined()
  expect(await world.store.conversations({ ids: [id], viewerId: userId })).toEqual([])
  expect(await world.store.message({ conversationId: id, seq, viewerId: userId })).toBeUndefined()
  expect(await logOf(world, id)).toEqual([])
  expect((await world.store.memberships(userId)).map(({ conversationId }) => conversationId)).not.toContain(
    id,
  )
  expect(await world.codeOf(world.message(id, userId))).toBe('not_found')
}
