import { expect, test } from 'bun:test'
import type { UserId } from '@confab/protocol/ids'
import type { Write } from '../writes.ts'
import {
  adding,
  newConversationId,
  newUserId,
  type OpenStore,
  openWorld,
  type World,
} from './world.contract.ts'

const blocking = (world: World, actorId: UserId, userId: UserId, on = true) =>
  ({ write: 'block.change', actorId, at: world.now, userId, on }) as const satisfies Write

const pair = { kind: 'direct', name: null } as const

/** What stands between two of whom one has blocked the other. */
export function blockingContract(open: OpenStore) {
  test('[STORE44] whom one has blocked is among what is one’s own, and is counted once', async () => {
    await using world = await openWorld(open)
    const [ann, bob, eve] = [await world.user('Ann'), await world.user('Bob'), await world.user('Eve')]
    const me = (userRev: number) => ({ change: 'me', userId: ann, userRev, profile: false })
    expect((await world.done(blocking(world, ann, eve))).userChanges).toMatchObject([me(1)])
    world.now += 1
    expect((await world.done(blocking(world, ann, bob))).userChanges).toMatchObject([me(2)])
    expect((await world.done(blocking(world, ann, bob))).userChanges).toEqual([])
    await world.reopen()
    expect((await world.store.me(ann))?.blocks).toEqual([eve, bob])
    expect((await world.store.me(bob))?.blocks).toEqual([])
    await world.done(blocking(world, ann, eve, false))
    expect((await world.store.me(ann))?.blocks).toEqual([bob])
    expect(await world.codeOf(blocking(world, ann, newUserId()))).toBe('not_found')
  })

  test('[STORE45] while either has blocked the other, nothing new is said in their direct conversation', async () => {
    await using world = await openWorld(open)
    const [ann, bob, eve] = [await world.user('Ann'), await world.user('Bob'), await world.user('Eve')]
    const direct = await world.group([ann, bob], pair)
    const other = await world.group([ann, eve], pair)
    const first = world.message(direct, bob)
    const { message } = await world.done(first)
    if (!message) throw new Error('a message')
    const at = { conversationId: direct, at: world.now, seq: message.seq }
    const tried = async (actorId: UserId) => [
      await world.codeOf(world.message(direct, actorId)),
      await world.codeOf({ write: 'message.react', ...at, actorId, emoji: '👍', on: true }),
      await world.codeOf({ write: 'message.pin', ...at, actorId, on: true }),
      await world.codeOf({ write: 'message.edit', ...at, actorId: bob, text: `${actorId}` }),
    ]
    const refused = ['forbidden', 'forbidden', 'forbidden', 'forbidden']
    await world.done(blocking(world, ann, bob))
    expect([await tried(ann), await tried(bob)]).toEqual([refused, refused])
    await world.done(blocking(world, bob, ann))
    await world.done(blocking(world, ann, bob, false))
    expect(await tried(ann)).toEqual(refused)
    expect((await world.store.standing(direct, ann))?.shut).toBe(true)
    // A repeat is answered, what is said can be taken back, and others are not concerned.
    expect(await world.done(first)).toMatchObject({ fresh: false, message: { seq: message.seq } })
    expect(await world.codeOf(world.message(other, ann))).toBe('committed')
    await world.done(blocking(world, bob, ann, false))
    expect(await tried(bob)).toEqual(['committed', 'committed', 'committed', 'committed'])
  })

  test('[STORE46] nobody is added by whom they have blocked; nor begins one a direct conversation with whom one has', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    await world.done(blocking(world, ann, bob))
    const creating = (actorId: UserId, other: UserId, kind: 'direct' | 'group') =>
      world.codeOf({
        write: 'conversation.create',
        conversationId: newConversationId(),
        actorId,
        at: world.now,
        kind,
        name: null,
        topic: null,
        visibility: 'private',
        memberIds: [other],
      })
    expect(await creating(bob, ann, 'direct')).toBe('forbidden')
    expect(await creating(ann, bob, 'direct')).toBe('forbidden')
    expect(await creating(bob, ann, 'group')).toBe('forbidden')
    expect(await creating(ann, bob, 'group')).toBe('committed')
    const bobs = await world.group([bob])
    expect(await world.codeOf(adding(world, bobs, { actorId: bob, userId: ann }))).toBe('forbidden')
    await world.done(blocking(world, ann, bob, false))
    expect(await world.codeOf(adding(world, bobs, { actorId: bob, userId: ann }))).toBe('committed')
    expect(await creating(bob, ann, 'direct')).toBe('committed')
  })

  test('[STORE47] two of whom one has blocked the other share conversations, and yet are not mutual', async () => {
    await using world = await openWorld(open)
    const [ann, bob, eve, zed] = await world.users(4)
    if (!ann || !bob || !eve || !zed) throw new Error('four')
    await world.group([ann, bob, eve])
    await world.done(blocking(world, ann, bob))
    const others = [bob, eve, zed]
    expect(await world.store.sharing(ann, others)).toEqual(new Set([bob, eve]))
    expect(await world.store.mutual(ann, others)).toEqual(new Set([eve]))
    expect(await world.store.mutual(bob, [ann, eve])).toEqual(new Set([eve]))
    await world.done(blocking(world, ann, bob, false))
    expect(await world.store.mutual(bob, [ann, eve])).toEqual(new Set([ann, eve]))
  })
}
