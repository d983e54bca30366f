import { expect, test } from 'bun:test'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { AuditEntry } from './audit-entry.ts'
import type { AuditLog } from './audit-log.ts'
import type { Exports } from './exports.ts'
import type { Identity } from './identity.ts'
import type { Invitations } from './invitations.ts'
import { GivenUp, type Queue } from './queue.ts'
import type { Reports } from './reports.ts'
import type { Settings } from './settings.ts'
import type { Store } from './store.ts'
import { openWorldOn, type World } from './store-contract/world.contract.ts'
import type { ChangeConversation, Write } from './writes.ts'

/** All the ports that acts are done by, on one empty database. */
export interface OpenedPorts {
  store: Store
  audit: Pick<AuditLog, 'list'>
  settings: Settings
  invitations: Invitations
  reports: Reports
  exports: Exports
  identity: Pick<Identity, 'endSessions' | 'removeSecondFactor'>
  /** Makes an account with a session and a second factor. */
  addAccount(id: UserId): Promise<void>
  queue: Queue & { settle(): Promise<void> }
  /** From now on the log takes nothing, or, told `false`, takes what comes. */
  refuseAppends(refused: boolean): Promise<void>
}

/** Root administers, and Ann owns a group that Bob is in too. */
interface Scene extends OpenedPorts {
  world: World
  root: UserId
  ann: UserId
  bob: UserId
  group: ConversationId
  at: number
  noted: AuditEntry
}

interface Act {
  act: () => Promise<unknown>
  /** What changes nothing, or is refused, once it is done: the same, unless that can be done twice. */
  again?: () => Promise<unknown>
  /** What is in the log, the first first: usually what the act carries. */
  kept?: AuditEntry[]
}

/** That an act and its entry in the audit log are one, of every write that carries one. */
export function notedContract(open: () => Promise<OpenedPorts & AsyncDisposable>): void {
  for (const [name, set] of Object.entries({ ...besideTheStore, ...byTheStore })) {
    test(`[AUDIT9] [AUDIT12] ${name} is kept with what it does or neither is, and nothing of it a second time`, async () => {
      await using opened = await open()
      const world = await openWorldOn(opened.store)
      const [root, ann, bob] = [await world.user('root'), await world.user('ann'), await world.user('bob')]
      const of = { actorId: root, targetId: ann, network: '203.0.113.0/24' }
      const detail = { retentionDays: 7, '✓': null }
      const noted: AuditEntry = { action: 'settings.changed', at: world.now, ...of, detail }
      const group = await world.group([ann, bob])
      const scene: Scene = { ...opened, world, root, ann, bob, group, at: world.now, noted }
      const { act, again = act, kept: expected = [noted] } = await set(scene)
      const kept = async () => {
        const { items } = await opened.audit.list({ limit: 10 })
        return items.map(({ id: _, ...entry }) => entry).toReversed()
      }
      const before = await kept()

      await opened.refuseAppends(true)
      await expect(act()).rejects.toThrow()
      await opened.refuseAppends(false)
      expect(await kept()).toEqual(before)
      // That it is kept now says that it was not done before.
      await act()
      expect(await kept()).toEqual([...before, ...expected])
      await again().catch(() => undefined)
      expect(await kept()).toEqual([...before, ...expected])
    })
  }
}

type Setting = (scene: Scene) => Act | Promise<Act>

const besideTheStore: Record<string, Setting> = {
  'a setting': ({ settings, root: actorId, at, noted }) => ({
    act: () => settings.write({ name: 'doors', value: { open: true }, actorId, at, noted }),
  }),
  'a setting over another': async ({ settings, root: actorId, at, noted }) => {
    const write = { name: 'doors', value: { open: true }, actorId, at }
    await settings.write({ ...write, value: 1 })
    return {
      act: () => settings.write({ ...write, over: { value: 1 }, noted }),
      again: () => settings.write({ ...write, over: { value: write.value }, noted }),
    }
  },
  'a setting that is taken back': async ({ settings, root: actorId, at, noted }) => {
    await settings.write({ name: 'doors', value: 1, actorId, at })
    return { act: () => settings.write({ name: 'doors', value: undefined, actorId, at, noted }) }
  },
  'an invitation': ({ invitations, noted, ...scene }) => ({
    act: () => invitations.add({ ...linkOf(scene), noted }),
  }),
  'a revoked invitation': async ({ invitations, noted, ...scene }) => {
    const link = linkOf(scene)
    await invitations.add(link)
    return { act: () => invitations.revoke({ ...link, now: scene.at, noted }).then(orFail) }
  },
  'a settled report': async ({ reports, group: conversationId, bob, root: by, at, noted }) => {
    const message = { conversationId, seq: 3 }
    const said = { reason: 'spam', note: null, createdAt: at } as const
    await reports.add({ ...message, id: Bun.randomUUIDv7(), reporterId: bob, ...said })
    const settlement = { outcome: 'dismissed', note: null, at, by, noted } as const
    return { act: () => reports.settle(message, settlement).then(orFail) }
  },
  'a step of an export': async ({ exports, ann: userId, at, noted }) => {
    const to = { status: 'ready', progress: 1, readyAt: at, expiresAt: at + 1, bytes: 7, noted } as const
    await exports.begin({ userId, id: 'one', askedAt: at })
    return {
      act: () => exports.change({ userId, id: 'one' }, to),
      again: () => exports.change({ userId, id: 'another' }, to),
    }
  },
  'the end of all sessions': async ({ identity, addAccount, ann, noted }) => {
    await addAccount(ann)
    return { act: () => identity.endSessions(ann, { noted }) }
  },
  'a second factor that is taken away': async ({ identity, addAccount, ann, noted }) => {
    await addAccount(ann)
    return { act: () => identity.removeSecondFactor(ann, { by: 'administrator', noted }).then(orFail) }
  },
  'a job': ({ queue, noted }) => ({
    act: () => queue.add({ kind: 'mail', payload: '', key: 'one at a time', noted }),
  }),
  'a job that is tried again': async ({ queue, noted }) => {
    const id = await deadLetter(queue)
    return { act: () => queue.retry(id, { noted }).then(orFail) }
  },
  'a job that is forgotten': async ({ queue, noted }) => {
    const id = await deadLetter(queue)
    return { act: () => queue.discard(id, { noted }).then(orFail) }
  },
}

const byTheStore: Record<string, Setting> = {
  'a role to the installation': ({ world, root: actorId, ann: userId, at, noted }) =>
    committing(world, { write: 'server-role.change', actorId, at, userId, role: 'admin', noted }),
  'a suspension': ({ world, root: actorId, ann: userId, at, noted }) =>
    committing(world, { write: 'suspension.change', actorId, at, userId, reason: 'spam', noted }),
  'the end of a suspension': async ({ world, root: actorId, ann: userId, at, noted }) => {
    const change = { write: 'suspension.change', actorId, at, userId } as const
    await world.done({ ...change, reason: 'spam' })
    return committing(world, { ...change, reason: null, noted })
  },
  'a removed message': async ({ world, root: actorId, ann, group: conversationId, at, noted }) => {
    const { seq } = await world.send(conversationId, ann)
    const write = { write: 'message.delete', conversationId, actorId, at, seq } as const
    return committing(world, { ...write, asAdministrator: true, noted })
  },
  'a deleted conversation': ({ world, ann: actorId, group: conversationId, at, noted }) =>
    committing(world, { write: 'conversation.delete', conversationId, actorId, at, noted }),
  'an erasure, with its heirs,': async ({ world, root, ann, bob, group, at, noted }) => {
    const { network } = noted
    await world.done({ write: 'server-role.change', actorId: root, at, userId: ann, role: 'admin' })
    await world.done({ write: 'user.erase', actorId: root, at })
    return {
      ...committing(world, { write: 'user.erase', actorId: ann, at, network, noted }),
      kept: [
        { ...noted, action: 'role.changed', actorId: ann, targetId: bob, detail: { role: 'admin' } },
        roleOf({ noted, by: ann, of: bob, group }, 'member', 'owner'),
        noted,
      ],
    }
  },
  // What nobody asked for from anywhere.
  'the role of a newcomer': async ({ world, root, ann, group, at, noted }) => ({
    ...committing(world, {
      ...{ write: 'member.add', conversationId: group, actorId: ann, at, userId: root, role: 'admin' },
    }),
    kept: [roleOf({ noted: { ...noted, network: null }, by: ann, of: root, group }, null, 'admin')],
  }),
  'a conversation that is handed over': async ({ world, ann, bob, group, at, noted }) => ({
    ...committing(world, {
      ...{ write: 'member.change', conversationId: group, actorId: ann, at, userId: bob, role: 'owner' },
      network: noted.network,
    }),
    kept: [
      roleOf({ noted, by: ann, of: bob, group }, 'member', 'owner'),
      roleOf({ noted, by: ann, of: ann, group }, 'owner', 'admin'),
    ],
  }),
  'what rules of a conversation change': async ({ world, ann, group, at, noted }) => {
    const rule = { ...noted, action: 'conversation.changed', actorId: ann, targetId: group } as const
    const allowed = { addMembers: 'members', post: 'members', pin: 'members', mentionAll: 'admins' } as const
    await world.done(changing({ ann, group, at, noted }, { retentionDays: 9 }))
    await world.done(changing({ ann, group, at, noted }, { retentionDays: null }))
    const change = {
      name: 'Other',
      retentionDays: 7,
      visibility: 'private',
      permissions: { pin: 'admins' },
    } as const
    return {
      ...committing(world, changing({ ann, group, at, noted }, change)),
      kept: [
        { ...rule, detail: { retentionDays: 7 } },
        { ...rule, detail: { ...allowed, pin: 'admins' } },
      ],
    }
  },
  'that a channel is open to all': async ({ world, ann, at, noted }) => {
    const group = await world.group([ann], { kind: 'channel' })
    const rule = { ...noted, action: 'conversation.changed', actorId: ann, targetId: group } as const
    return {
      ...committing(world, changing({ ann, group, at, noted }, { visibility: 'public' })),
      kept: [{ ...rule, detail: { visibility: 'public' } }],
    }
  },
  'whom an owner who leaves makes the owner': async ({ world, ann, bob, group, at, noted }) => ({
    ...committing(world, {
      ...{ write: 'member.remove', conversationId: group, actorId: ann, at, userId: ann },
      network: noted.network,
    }),
    kept: [
      roleOf({ noted, by: ann, of: ann, group }, 'owner', null),
      roleOf({ noted, by: ann, of: bob, group }, 'member', 'owner'),
    ],
  }),
  'who is removed from a conversation': async ({ world, ann, bob, group, at, noted }) => ({
    ...committing(world, {
      ...{ write: 'member.remove', conversationId: group, actorId: ann, at, userId: bob },
      network: noted.network,
    }),
    kept: [roleOf({ noted, by: ann, of: bob, group }, 'member', null)],
  }),
  'an admin who leaves, and no member who does,': async ({ world, root, ann, bob, group, at, noted }) => {
    const added = { write: 'member.add', conversationId: group, actorId: ann, at } as const
    const leaving = { write: 'member.remove', conversationId: group, at, network: noted.network } as const
    await world.done({ ...added, userId: root, role: 'member' })
    await world.done({ ...leaving, actorId: root, userId: root })
    await world.done({ ...added, write: 'member.change', userId: bob, role: 'admin' })
    return {
      ...committing(world, { ...leaving, actorId: bob, userId: bob }),
      kept: [roleOf({ noted, by: bob, of: bob, group }, 'admin', null)],
    }
  },
  'another’s message, and none of one’s own,': async ({ world, ann, bob, group, at, noted }) => {
    const deleting = { write: 'message.delete', conversationId: group, at, network: noted.network } as const
    const [own, anothers] = [await world.send(group, ann), await world.send(group, bob)]
    await world.done({ ...deleting, actorId: ann, seq: own.seq })
    const removed = { action: 'message.removed', actorId: ann, targetId: group } as const
    return {
      ...committing(world, { ...deleting, actorId: ann, seq: anothers.seq }),
      kept: [{ ...noted, ...removed, detail: { seq: anothers.seq } }],
    }
  },
}

/** Once it is done the same is refused, or answers as nothing new. */
const committing = (world: World, write: Write): Act => ({ act: () => world.done(write) })

const changing = (
  { ann, group, at, noted }: Pick<Scene, 'ann' | 'group' | 'at' | 'noted'>,
  change: ChangeConversation['change'],
): Write => ({
  ...{ write: 'conversation.change', conversationId: group, actorId: ann, at, change },
  network: noted.network,
})

const roleOf = (
  { noted, by, of, group }: { noted: AuditEntry; by: UserId; of: UserId; group: ConversationId },
  from: string | null,
  to: string | null,
): AuditEntry => ({
  ...{ ...noted, action: 'role.changed', actorId: by, targetId: of },
  detail: { conversationId: group, from, to },
})

const linkOf = ({ group: to, ann: createdBy, at: createdAt }: Pick<Scene, 'group' | 'ann' | 'at'>) => ({
  ...{ id: Bun.randomUUIDv7(), to, createdBy, createdAt },
  ...{ tokenHash: new Uint8Array(32), expiresAt: null, usesMax: null },
})

function orFail(done: boolean): void {
  if (!done) throw new Error('nothing was done')
}

async function deadLetter(queue: Scene['queue']): Promise<string> {
  {
    await using _ = queue.work('mail', { atOnce: 1 }, () => Promise.reject(new GivenUp('dies')))
    await queue.add({ kind: 'mail', payload: '' })
    await queue.settle()
  }
  const [letter] = await queue.deadLetters({ limit: 1 })
  if (!letter) throw new Error('it did not die')
  return letter.id
}
