import { expect, test } from 'bun:test'
import type { ConversationPermissions } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { type Action, decidedBy, defaultPermissions, permissions } from '@confab/protocol/permissions'
import { fetchOne, newConversationId, type OpenStore, openWorld, type World } from './world.contract.ts'

/** Who tries: by role in a group, one of the two in a direct conversation, and a stranger to either. */
type Actor = 'owner' | 'admin' | 'member' | 'direct' | 'stranger'

const actors: readonly Actor[] = ['owner', 'admin', 'member', 'direct', 'stranger']

/** The table of who may do what, cell by cell. */
export function permissionsContract(open: OpenStore) {
  for (const action of Object.keys(tryOf) as StoreAction[]) {
    test(`[MAY2] ${action}: each role is answered as the table says, and a stranger as if it weren’t there`, async () => {
      await using world = await openWorld(open)
      const people = await meetPeople(world)
      const answers: Record<string, string> = {}
      for (const actor of actors) answers[actor] = await tryOf[action](await setUp(world, actor, { people }))
      expect(answers).toEqual({ ...permissions[action], stranger: 'not_found' })
    })
  }
}

/**
 * The same table where a conversation decides otherwise: all that it can take from members,
 * and what it can give.
 */
const turned: readonly Partial<ConversationPermissions>[] = [
  { addMembers: 'admins', post: 'admins', pin: 'admins' },
  { mentionAll: 'members' },
]

export function conversationPermissionsContract(open: OpenStore) {
  for (const action of Object.keys(tryOf) as StoreAction[]) {
    test(`[MAY5] ${action}: where a conversation decides otherwise, each role is answered as it says`, async () => {
      await using world = await openWorld(open)
      const people = await meetPeople(world)
      for (const own of turned) {
        const answers: Record<string, string> = {}
        for (const actor of actors)
          answers[actor] = await tryOf[action](await setUp(world, actor, { own, people }))
        const setting = decidedBy[action]
        const who = setting && own[setting]
        const member = who === undefined ? permissions[action].member : who === 'members' ? 'yes' : 'no'
        expect(answers).toEqual({ ...permissions[action], member, stranger: 'not_found' })
      }
    })
  }

  test('[MAY6] a change of permissions is told as the whole of them, is shown, and changes only what is given', async () => {
    await using world = await openWorld(open)
    const [ann, bob] = [await world.user('ann'), await world.user('bob')]
    const id = await world.group([ann, bob])
    const change = (permissions: Partial<ConversationPermissions>) =>
      ({
        write: 'conversation.change',
        conversationId: id,
        actorId: ann,
        at: world.now,
        change: { permissions },
      }) as const
    expect((await fetchOne(world, id, bob)).permissions).toEqual(defaultPermissions)
    const first = await world.done(change({ post: 'admins' }))
    expect(first.events.map(({ data }) => data)).toEqual([
      { permissions: { ...defaultPermissions, post: 'admins' } },
    ])
    await world.done(change({ pin: 'admins' }))
    const shown = { ...defaultPermissions, post: 'admins', pin: 'admins' } as const
    expect((await fetchOne(world, id, bob)).permissions).toEqual(shown)
    expect((await world.store.standing(id, bob))?.permissions).toEqual(shown)
    expect((await world.done(change({ pin: 'admins' }))).events).toEqual([])
    await world.done(change(defaultPermissions))
    expect((await fetchOne(world, id, bob)).permissions).toEqual(defaultPermissions)
  })
}

interface Scene {
  world: World
  /** The conversation, who tries, somebody else in it, and nobody's friend. */
  id: ConversationId
  me: UserId
  other: UserId
  newcomer: UserId
  /** Messages of each. */
  mine: number
  theirs: number
  /** What each of these writes needs besides. */
  on: { conversationId: ConversationId; actorId: UserId; at: number }
}

type People = Awaited<ReturnType<typeof meetPeople>>

const meetPeople = async (world: World) => ({
  owner: await world.user('owner'),
  admin: await world.user('admin'),
  member: await world.user('member'),
  other: await world.user('other'),
  newcomer: await world.user('newcomer'),
  stranger: await world.user('stranger'),
})

async function setUp(
  world: World,
  actor: Actor,
  { own, people }: { own?: Partial<ConversationPermissions>; people: People },
): Promise<Scene> {
  const { owner, admin, member, other, newcomer, stranger } = people
  const direct = actor === 'direct'
  const id = direct
    ? await world.group([member, other], { kind: 'direct', name: null, conversationId: newConversationId() })
    : await world.group([owner, admin, member, other])
  const at = world.now
  const promotion = { write: 'member.change', userId: admin, role: 'admin' } as const
  if (!direct) await world.done({ ...promotion, conversationId: id, actorId: owner, at })
  const me = { owner, admin, member, direct: member, stranger }[actor]
  const sends = actor === 'stranger' ? owner : me
  const { seq: mine } = await world.send(id, sends)
  const { seq: theirs } = await world.send(id, other)
  const on = { conversationId: id, actorId: me, at }
  if (own && !direct)
    await world.done({ write: 'conversation.change', ...on, actorId: owner, change: { permissions: own } })
  return { world, id, me, other, newcomer, mine, theirs, on }
}

/** Invitations are no part of the log; their own port keeps them. */
type StoreAction = Exclude<Action, 'member.invite'>

/** One try of each action, answered in the table's words. */
const tryOf: Record<StoreAction, (scene: Scene) => Promise<string>> = {
  'message.send': ({ world, id, me }) => word(world.codeOf(world.message(id, me))),
  'message.edit': ({ world, on, mine }) =>
    word(world.codeOf({ write: 'message.edit', ...on, seq: mine, text: 'other' })),
  'message.delete': ({ world, on, mine }) =>
    word(world.codeOf({ write: 'message.delete', ...on, seq: mine })),
  'message.deleteOthers': ({ world, on, theirs }) =>
    word(world.codeOf({ write: 'message.delete', ...on, seq: theirs })),
  'message.react': ({ world, on, theirs }) =>
    word(world.codeOf({ write: 'message.react', ...on, seq: theirs, emoji: '👍', on: true })),
  'message.pin': ({ world, on, theirs }) =>
    word(world.codeOf({ write: 'message.pin', ...on, seq: theirs, on: true })),
  async 'message.mentionAll'({ world, id, me }) {
    const message = world.message(id, me, { mentioned: { handles: [], all: true } })
    const [outcome] = await world.store.commit([message])
    if (outcome?.status !== 'committed') return words[outcome?.code ?? ''] ?? outcome?.code ?? 'nothing'
    // Where one may not, it is plain text.
    return outcome.message?.mentions.all ? 'yes' : 'no'
  },
  'cursor.move': ({ world, on, theirs }) =>
    word(world.codeOf({ write: 'cursor.move', ...on, cursor: 'read', seq: theirs })),
  'membership.change': ({ world, on }) =>
    word(world.codeOf({ write: 'membership.change', ...on, change: { muted: true } })),
  'member.add': ({ world, on, newcomer }) =>
    word(world.codeOf({ write: 'member.add', ...on, userId: newcomer, role: 'member' })),
  'member.addAdmin': ({ world, on, newcomer }) =>
    word(world.codeOf({ write: 'member.add', ...on, userId: newcomer, role: 'admin' })),
  'member.remove': ({ world, on, other }) =>
    word(world.codeOf({ write: 'member.remove', ...on, userId: other })),
  'member.change': ({ world, on, other }) =>
    word(world.codeOf({ write: 'member.change', ...on, userId: other, role: 'admin' })),
  'member.leave': ({ world, on, me }) => word(world.codeOf({ write: 'member.remove', ...on, userId: me })),
  'conversation.change': ({ world, on }) =>
    word(world.codeOf({ write: 'conversation.change', ...on, change: { name: 'Other' } })),
  'conversation.handOver': ({ world, on, other }) =>
    word(world.codeOf({ write: 'member.change', ...on, userId: other, role: 'owner' })),
  'conversation.delete': ({ world, on }) => word(world.codeOf({ write: 'conversation.delete', ...on })),
}

const words: Record<string, string> = { committed: 'yes', forbidden: 'no', conflict: 'never' }

async function word(code: Promise<string>): Promise<string> {
  const answered = await code
  return words[answered] ?? answered
}
