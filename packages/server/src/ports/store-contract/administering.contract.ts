import { expect, test } from 'bun:test'
import type { UserId } from '@confab/protocol/ids'
import type { ShutOut, ShutOutPage } from '../store.ts'
import type { Write } from '../writes.ts'
import { type OpenStore, openWorld, type World } from './world.contract.ts'

const suspending = (world: World, actorId: UserId, userId: UserId, reason: string | null = 'spam') =>
  ({ write: 'suspension.change', actorId, at: world.now, userId, reason }) as const satisfies Write

const giving = (world: World, actorId: UserId, userId: UserId, role: 'admin' | 'member') =>
  ({ write: 'server-role.change', actorId, at: world.now, userId, role }) as const satisfies Write

const erasing = (world: World, actorId: UserId) =>
  ({ write: 'user.erase', actorId, at: world.now }) as const satisfies Write

/** What administrators do to accounts. The first user of a store is one. */
export function administeringContract(open: OpenStore) {
  test('[SUSP3] nothing that a suspended user writes is committed, even in the same batch; what they wrote stays', async () => {
    await using world = await openWorld(open)
    const [root, ann, bob] = [await world.user('root'), await world.user('ann'), await world.user('bob')]
    const id = await world.group([ann, bob])
    const channel = await world.group([root], { kind: 'channel', visibility: 'public' })
    const { seq } = await world.send(id, ann)
    const on = { conversationId: id, actorId: ann, at: world.now }
    const writes: Write[] = [
      world.message(id, ann),
      { write: 'message.edit', ...on, seq, text: 'other' },
      { write: 'message.react', ...on, seq, emoji: '👍', on: true },
      { write: 'message.pin', ...on, seq, on: true },
      { write: 'cursor.move', ...on, cursor: 'read', seq },
      { write: 'conversation.change', ...on, change: { name: 'Other' } },
      { write: 'member.add', ...on, userId: root, role: 'member' },
      { write: 'member.add', ...on, conversationId: channel, userId: ann, role: 'member' },
      { write: 'message.delete', ...on, seq },
      { write: 'profile.change', actorId: ann, at: world.now, change: { name: 'Other' } },
      { write: 'block.change', actorId: ann, at: world.now, userId: root, on: true },
    ]
    const outcomes = await world.store.commit([suspending(world, root, ann), ...writes])
    expect(outcomes.slice(1)).toEqual(
      writes.map(() => ({ status: 'refused', code: 'forbidden', detail: 'This account is suspended' })),
    )
    const { messages } = await world.store.history({ conversationId: id, viewerId: bob, limit: 10 })
    expect(messages.map(({ text, deletedAt }) => [text, deletedAt])).toEqual([['hello', null]])
    await world.reopen()
    expect(await world.codeOf(world.message(id, ann))).toBe('forbidden')
    expect(await world.codeOf(world.message(id, bob))).toBe('committed')
    await world.done(suspending(world, root, ann, null))
    for (const write of writes)
      expect([write.write, await world.codeOf(write)]).toEqual([write.write, 'committed'])
  })

  test('[STORE54] who is suspended, and who is erased, is found by the time of it, the earliest first, page by page', async () => {
    await using world = await openWorld(open)
    const root = await world.user('root')
    const people = await world.users(6)
    const [ann, bob, eve, ...gone] = people as [UserId, UserId, UserId, ...UserId[]]
    const begin = world.now
    for (const [step, id] of [eve, ann, bob].entries())
      await world.done({ ...suspending(world, root, id), at: begin + step })
    // Of three at one time as of three times.
    for (const id of gone) await world.done({ ...erasing(world, id), at: begin + 7 })
    const found = async (how: 'suspended' | 'erased', at: number) => {
      const all: ShutOut[] = []
      for (let from: ShutOutPage['from'] | undefined = { at }; from; from = all.at(-1)) {
        const page = await world.store.shutOut({ how, from, limit: 2 })
        all.push(...page)
        if (page.length < 2) break
      }
      return all
    }
    expect(await found('suspended', begin + 1)).toEqual([
      { userId: ann, at: begin + 1 },
      { userId: bob, at: begin + 2 },
    ])
    expect(await found('erased', begin)).toEqual(gone.toSorted().map((userId) => ({ userId, at: begin + 7 })))
    expect(await found('erased', begin + 8)).toEqual([])
    await world.done(suspending(world, root, eve, null))
    expect((await found('suspended', begin)).map(({ userId }) => userId)).toEqual([ann, bob])
  })

  test('[SUSP3] nor does a suspended administrator administer', async () => {
    await using world = await openWorld(open)
    const [root, ann, bob] = [await world.user('root'), await world.user('ann'), await world.user('bob')]
    await world.done(giving(world, root, ann, 'admin'))
    await world.done(suspending(world, root, ann))
    expect(await world.codeOf(suspending(world, ann, bob))).toBe('forbidden')
    expect(await world.codeOf(giving(world, ann, bob, 'admin'))).toBe('forbidden')
    expect(await world.codeOf(suspending(world, root, bob))).toBe('committed')
  })

  test('[SUSP6] nobody suspends themselves, another administrator beside them or not', async () => {
    await using world = await openWorld(open)
    const [root, ann] = [await world.user('root'), await world.user('ann')]
    await world.done(giving(world, root, ann, 'admin'))
    expect(await world.codeOf(suspending(world, root, root))).toBe('conflict')
    expect(await world.codeOf(suspending(world, root, ann))).toBe('committed')
  })

  test('[ADMIN1] whoever is given another role to the installation is told; who has it already is not', async () => {
    await using world = await openWorld(open)
    const [root, ann] = [await world.user('root'), await world.user('ann')]
    const told = (await world.done(giving(world, root, ann, 'admin'))).userChanges
    expect(told).toEqual([{ change: 'me', userId: ann, userRev: 1, profile: false }])
    expect((await world.done(giving(world, root, ann, 'admin'))).userChanges).toEqual([])
    expect((await world.store.me(ann))?.serverRole).toBe('admin')
  })

  test('[ADMIN2] of two administrators who take each other’s role at once one stays', async () => {
    await using world = await openWorld(open)
    const [root, ann] = [await world.user('root'), await world.user('ann')]
    await world.done(giving(world, root, ann, 'admin'))
    const outcomes = await world.store.commit([
      giving(world, root, ann, 'member'),
      giving(world, ann, root, 'member'),
    ])
    expect(outcomes.map((one) => (one.status === 'refused' ? one.code : one.status))).toEqual([
      'committed',
      'forbidden',
    ])
    expect(await world.codeOf(giving(world, root, root, 'member'))).toBe('conflict')
    // One who is erased is none to count on.
    await world.done(giving(world, root, ann, 'admin'))
    await world.done(erasing(world, ann))
    expect(await world.codeOf(giving(world, root, root, 'member'))).toBe('conflict')
  })

  test('[ERASE4] the last administrator’s erasure tells who administers from now on; another’s gives nobody a role', async () => {
    await using world = await openWorld(open)
    const [root, ann, bob] = [await world.user('root'), await world.user('ann'), await world.user('bob')]
    await world.done(giving(world, root, bob, 'admin'))
    expect(await world.done(erasing(world, root))).not.toHaveProperty('heirId')
    expect(await world.done(erasing(world, bob))).toMatchObject({ heirId: ann })
    expect((await world.store.me(ann))?.serverRole).toBe('admin')
  })
}
