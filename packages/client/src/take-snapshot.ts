import type { Conversation } from '@confab/protocol/conversation'
import { copyOf, fold } from '@confab/protocol/fold'
import type { UserId } from '@confab/protocol/ids'
import { leavesDoubt } from './leaves-doubt.ts'
import {
  beginAt,
  cursorOf,
  foldingsSince,
  type LocalConversation,
  type Snapshot,
} from './local-conversation.ts'
import { readAtLeast, takeEarly } from './unread.ts'

/** A snapshot this far ahead replaces the copy: to fetch all events between would cost more than it keeps. */
export const adoptBeyond = 500

/**
 * Takes in a conversation as the server has it. From the past, the events since are folded onto it; from
 * ahead, it waits for them, or replaces the copy where they are too many.
 */
export function takeSnapshot(
  local: LocalConversation,
  snapshot: Snapshot,
  viewer: UserId,
): LocalConversation {
  const { head } = snapshot.conversation
  const behind = head - cursorOf(local)
  if (behind > adoptBeyond) return adopt(local, snapshot, viewer)
  if (behind > 0) {
    const later = local.snapshot && local.snapshot.rev > snapshot.rev ? local.snapshot : snapshot
    return { ...local, snapshot: later, headSeen: Math.max(local.headSeen, head) }
  }
  const since = foldingsSince(local, head)
  if (!since) return { ...local, doubtful: true }
  let copy = copyOf(snapshot.conversation)
  let doubtful = false
  for (const folding of since) {
    copy = fold(copy, folding.event, viewer, folding.target)
    doubtful ||= leavesDoubt(copy.conversation, folding, viewer, { again: true })
  }
  const whole = local.roles.size === copy.conversation.memberCount
  return settle(
    { ...local, roles: whole ? local.roles : new Map([...copy.roles, ...local.roles]), doubtful },
    { conversation: copy.conversation, rev: snapshot.rev },
    viewer,
  )
}

/**
 * Begins anew at a snapshot, with what is still good of the copy. Older messages are dropped:
 * there would be a hole.
 */
export function adopt(local: LocalConversation, snapshot: Snapshot, viewer: UserId): LocalConversation {
  const fresh = beginAt(snapshot)
  const { ahead, count, early, headSeen } = local
  const from = { ...fresh, ahead, count, early, headSeen: Math.max(fresh.headSeen, headSeen) }
  return settle({ ...from, conversation: local.conversation, rev: local.rev }, snapshot, viewer)
}

/**
 * `local` with the snapshot's conversation, but what is newer in the copy:
 * cursors only move forward, settings go by `rev`.
 */
function settle(local: LocalConversation, snapshot: Snapshot, viewer: UserId): LocalConversation {
  const before = local.conversation
  const { conversation, rev } = snapshot
  const me =
    conversation.me && before.me && rev < local.rev
      ? { ...before.me, ...countsOf(conversation.me), role: conversation.me.role }
      : conversation.me
  const next = takeEarly({
    ...local,
    conversation: { ...conversation, me, members: newerMembers(conversation.members, before.members) },
    rev: Math.max(rev, local.rev),
    confirmedRead: me?.readSeq ?? 0,
  })
  return before.me && me ? readAtLeast(next, before.me.readSeq, viewer) : next
}

const countsOf = ({ readSeq, unread, mentions }: NonNullable<Conversation['me']>) => ({
  readSeq,
  unread,
  mentions,
})

/** Of a member in both, each part that is the newer. */
function newerMembers(members: Conversation['members'], before: Conversation['members']) {
  const known = new Map(before.map((member) => [member.user.id, member]))
  return members.map((member) => {
    const held = known.get(member.user.id)
    if (!held) return member
    const { readSeq, readAt, deliveredSeq, deliveredAt } = held
    return {
      ...member,
      ...(held.user.updatedAt > member.user.updatedAt && { user: held.user }),
      ...(isAfter(readSeq, member.readSeq) && { readSeq, readAt }),
      ...(isAfter(deliveredSeq, member.deliveredSeq) && { deliveredSeq, deliveredAt }),
    }
  })
}

/** Null is for conversations in which cursors are not told. */
const isAfter = (cursor: number | null, other: number | null) => other !== null && (cursor ?? 0) > other
