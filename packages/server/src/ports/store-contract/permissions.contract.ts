import { expect, test } from 'bun:test'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { type Action, permissions } from '@confab/protocol/permissions'
import { newConversationId, type OpenStore, openWorld, type World } from './world.contract.ts'

/** Who tries: by role in a group, one of the two in a direct conversation, and a stranger to either. */
type Actor = 'owner' | 'admin' | 'member' | 'direct' | 'stranger'

const actors: readonly Actor[] = ['owner', 'admin', 'member', 'direct', 'stranger']

/** The table of who may do what, cell by cell. */
export function permissionsContract(open: OpenStore) {
  for (const action of Object.keys(tryOf) as StoreAction[]) {
    test(`[MAY2] ${action}: each role is answered as the table says, and a stranger as if it weren’t there`, async () => {
      await using world = await openWorld(open)
      const answers: Record<string, string> = {}
      for (const actor of actors) answers[actor] = await tryOf[action](await setUp(world, actor))
      expect(answers).toEqual({ ...permissions[action], stranger: 'not_found' })
    })
  }
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

async function setUp(world: World, actor: Actor): Promise<Scene> {
  const [owner, admin, member, other, newcomer] = [
    await world.user('owner'),
    await world.user('admin'),
    await world.user('member'),
    await world.user('other'),
    await world.user('newcomer'),
  ]
  const stranger = await world.user('stranger')
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
    if (outcome?.status !== 'committed') return outcome?.code ?? 'nothing'
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
