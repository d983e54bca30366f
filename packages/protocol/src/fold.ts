import type { Conversation, MyMembership, Role } from './conversation.ts'
import type { Event, EventOf } from './event.ts'
import type { UserId } from './ids.ts'
import type { Message, Reaction } from './message.ts'

/**
 * A conversation as folded so far. `conversation.head` is the cursor: the last event folded.
 * `roles` is the membership as far as it is known: whole where the snapshot had all members.
 */
export interface Copy {
  conversation: Conversation
  roles: ReadonlyMap<UserId, Role>
}

/** What an event leaves: the copy after it and the one message that it made or changed, if that is held. */
export interface Folded extends Copy {
  message: Message | undefined
}

/** The seq of the message that an event makes or is about, to be looked up before folding. */
export function targetOf(event: Event): number | undefined {
  if (event.type === 'message.created') return event.seq
  const { data } = event
  return data && typeof data === 'object' && 'target' in data ? data.target : undefined
}

export const copyOf = (conversation: Conversation): Copy => ({
  conversation,
  roles: new Map(conversation.members.map(({ user, role }) => [user.id, role])),
})

/**
 * Folds the next event into a copy, as `viewer` sees it. Pure: neither the copy nor the message is
 * changed in place. `target` is the message of `targetOf(event)` where the caller holds it.
 *
 * An event that the copy has already folded changes nothing but a target that hasn't seen it (a page of
 * history may be older than the copy). An event of an unknown type only advances the cursor.
 * The caller sees to it that no event is left out.
 */
export function fold(copy: Copy, event: Event, viewer: UserId, target?: Message): Folded {
  const message = foldMessage(event, viewer, target)
  const { conversation } = copy
  if (event.seq <= conversation.head) return { ...copy, message }
  const last = conversation.lastMessage
  return {
    conversation: {
      ...conversation,
      ...changedFields(event),
      head: event.seq,
      updatedAt: event.at,
      memberCount: conversation.memberCount + memberCountChange(event),
      lastMessage:
        event.type === 'message.created'
          ? event.data.message
          : last && targetOf(event) === last.seq
            ? (foldMessage(event, viewer, last) ?? last)
            : last,
      members: foldMembers(conversation.members, event),
      me: conversation.me && foldMe(conversation.me, event, viewer, target),
    },
    roles: foldRoles(copy.roles, event),
    message,
  }
}

function foldMessage(event: Event, viewer: UserId, target: Message | undefined): Message | undefined {
  if (event.type === 'message.created') return target ?? event.data.message
  if (!target || targetOf(event) !== target.seq || event.seq <= target.updatedSeq) return target
  const touched = { ...target, updatedSeq: event.seq }
  switch (event.type) {
    case 'message.edited': {
      const { text, mentions, editedAt } = event.data
      return { ...touched, text, mentions, editedAt }
    }
    case 'message.deleted':
      return {
        ...touched,
        text: '',
        attachments: [],
        mentions: { userIds: [], all: false },
        replyTo: null,
        forwardedFrom: null,
        reactions: [],
        deletedAt: event.data.deletedAt,
      }
    case 'reaction.added':
    case 'reaction.removed':
      return { ...touched, reactions: foldReactions(target.reactions, event, viewer) }
    case 'message.pinned':
    case 'message.unpinned':
      return { ...touched, pinned: event.type === 'message.pinned' }
    default:
      return touched
  }
}

function foldReactions(
  reactions: Reaction[],
  event: EventOf<'reaction.added' | 'reaction.removed'>,
  viewer: UserId,
): Reaction[] {
  const { emoji } = event.data
  const added = event.type === 'reaction.added'
  const mine = event.actorId === viewer
  if (!reactions.some((one) => one.emoji === emoji))
    return added ? [...reactions, { emoji, count: 1, mine }] : reactions
  return reactions
    .map((one) =>
      one.emoji === emoji
        ? { emoji, count: one.count + (added ? 1 : -1), mine: mine ? added : one.mine }
        : one,
    )
    .filter(({ count }) => count > 0)
}

function changedFields(event: Event): Partial<Conversation> {
  if (event.type !== 'conversation.changed') return {}
  const { name, topic, avatarUrl, visibility, permissions, retentionDays } = event.data
  return {
    ...(name !== undefined && { name }),
    ...(topic !== undefined && { topic }),
    ...(avatarUrl !== undefined && { avatarUrl }),
    ...(visibility !== undefined && { visibility }),
    ...(permissions !== undefined && { permissions }),
    ...(retentionDays !== undefined && { retentionDays }),
  }
}

const memberCountChange = ({ type }: Event) =>
  type === 'member.joined' ? 1 : type === 'member.left' ? -1 : 0

/** The shown members. Who joined is added by whoever knows the person: an event names only the id. */
function foldMembers(members: Conversation['members'], event: Event): Conversation['members'] {
  switch (event.type) {
    case 'member.left':
      return members.filter(({ user }) => user.id !== event.data.userId)
    case 'member.changed': {
      const { userId, role } = event.data
      return role ? members.map((one) => (one.user.id === userId ? { ...one, role } : one)) : members
    }
    default:
      return members
  }
}

function foldRoles(roles: Copy['roles'], event: Event): Copy['roles'] {
  switch (event.type) {
    case 'member.joined':
    case 'member.changed':
      return new Map(roles).set(event.data.userId, event.data.role ?? 'member')
    case 'member.left': {
      const left = new Map(roles)
      left.delete(event.data.userId)
      return left
    }
    default:
      return roles
  }
}

/**
 * One's own counts. A message of one's own with nothing unread before it moves the read cursor along;
 * with something unread before it, the server decides by `seenSeq` and tells by a receipt.
 */
function foldMe(
  me: MyMembership,
  event: Event,
  viewer: UserId,
  target: Message | undefined,
): MyMembership | null {
  switch (event.type) {
    case 'message.created': {
      if (event.actorId === viewer && me.unread === 0) return { ...me, readSeq: event.seq }
      const mentioned = event.actorId !== viewer && mentions(event.data.message, viewer)
      return { ...me, unread: me.unread + 1, mentions: me.mentions + (mentioned ? 1 : 0) }
    }
    case 'message.edited': {
      // Of a message that isn't held nobody knows whom it mentioned before: the next receipt tells.
      if (event.data.target <= me.readSeq || !target || target.senderId === viewer) return me
      const more = Number(mentions(event.data, viewer)) - Number(mentions(target, viewer))
      return more === 0 ? me : { ...me, mentions: me.mentions + more }
    }
    case 'message.deleted': {
      if (event.data.target <= me.readSeq) return me
      const mentioned = target !== undefined && target.senderId !== viewer && mentions(target, viewer)
      return { ...me, unread: me.unread - 1, mentions: me.mentions - (mentioned ? 1 : 0) }
    }
    case 'member.changed':
      return event.data.userId === viewer && event.data.role ? { ...me, role: event.data.role } : me
    case 'member.left':
      return event.data.userId === viewer ? null : me
    default:
      return me
  }
}

/** Whether a message addresses a user by handle or by `@all`. */
export const mentions = (message: Pick<Message, 'mentions'>, userId: UserId): boolean =>
  message.mentions.all || message.mentions.userIds.includes(userId)
