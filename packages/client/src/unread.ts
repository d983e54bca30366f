import { type Copy, fold, mentions } from '@confab/protocol/fold'
import type { UserId } from '@confab/protocol/ids'
import type { Receipt } from '@confab/protocol/pushes'
import { isShort, leavesDoubt } from './leaves-doubt.ts'
import { type Count, cursorOf, foldingsSince, type LocalConversation } from './local-conversation.ts'

/** Members who aren't shown yet, of whose cursors what was told is kept. */
export const earlyReceiptsMax = 100

/** Takes in a cursor that moved, of oneself or of another member. Cursors only move forward. */
export function takeReceipt(local: LocalConversation, receipt: Receipt, viewer: UserId): LocalConversation {
  const moved = moveMember(local, receipt)
  const { me } = moved.conversation
  if (receipt.userId !== viewer || !me) return moved
  const readSeq = receipt.readSeq ?? me.readSeq
  const confirmed = { ...moved, confirmedRead: Math.max(moved.confirmedRead, receipt.readSeq ?? 0) }
  if (!receipt.mine) {
    // The copy took a message of one's own for read up to, and the server counted otherwise: it is told.
    if (readSeq < me.readSeq) return { ...moved, confirmedRead: Math.min(moved.confirmedRead, readSeq) }
    return readAtLeast(confirmed, readSeq, viewer)
  }
  const count = { readSeq, ...receipt.mine }
  if (count.head <= cursorOf(local)) return recount(confirmed, count, viewer)
  return { ...confirmed, count, headSeen: Math.max(confirmed.headSeen, count.head) }
}

function moveMember(local: LocalConversation, receipt: Receipt): LocalConversation {
  const index = local.conversation.members.findIndex(({ user }) => user.id === receipt.userId)
  const member = local.conversation.members[index]
  if (!member) return keepEarly(local, receipt)
  const { readSeq, readAt, deliveredSeq, deliveredAt } = receipt
  const moved = {
    ...member,
    ...(readSeq !== undefined && readSeq > (member.readSeq ?? 0) && { readSeq, readAt: readAt ?? null }),
    ...(deliveredSeq !== undefined &&
      deliveredSeq > (member.deliveredSeq ?? 0) && { deliveredSeq, deliveredAt: deliveredAt ?? null }),
  }
  const members = local.conversation.members.with(index, moved)
  return { ...local, conversation: { ...local.conversation, members } }
}

/** Of who is about to be shown: whose joining has not been folded yet, or who they are is being asked. */
function keepEarly(local: LocalConversation, receipt: Receipt): LocalConversation {
  const { conversation, roles, early } = local
  const { userId } = receipt
  const isOther = roles.has(userId) && !isShort(conversation)
  if (isOther || (early.size >= earlyReceiptsMax && !early.has(userId))) return local
  return { ...local, early: new Map(early).set(userId, { ...early.get(userId), ...receipt }) }
}

/** What was told early of those who are shown by now. */
export function takeEarly(local: LocalConversation): LocalConversation {
  let next: LocalConversation = local.early.size > 0 ? { ...local, early: new Map() } : local
  for (const receipt of local.early.values()) next = moveMember(next, receipt)
  return next
}

/**
 * Brings a count up to the cursor with the events since. Where those are no longer kept, or where one
 * has read on meanwhile, the count is of no use.
 */
export function recount(local: LocalConversation, count: Count, viewer: UserId): LocalConversation {
  const { conversation } = local
  if (!conversation.me) return local
  // So much the server knows of; at worst, of an old count, it is told again what it knows.
  if (count.readSeq < conversation.me.readSeq)
    return { ...local, confirmedRead: Math.min(local.confirmedRead, count.readSeq) }
  const since = foldingsSince(local, count.head)
  if (!since) return { ...local, doubtful: true }
  const { readSeq, unread } = count
  const me = { ...conversation.me, readSeq, unread, mentions: count.mentions }
  let copy: Copy = { conversation: { ...conversation, head: count.head, me }, roles: local.roles }
  let { doubtful } = local
  for (const folding of since) {
    copy = fold(copy, folding.event, viewer, folding.target)
    doubtful ||= leavesDoubt(copy.conversation, folding, viewer, { again: true })
  }
  return { ...local, conversation: { ...conversation, me: copy.conversation.me }, doubtful }
}

/** Moves one's own read cursor forward, and counts what is left. */
export function readAtLeast(local: LocalConversation, seq: number, viewer: UserId): LocalConversation {
  const { conversation, messages } = local
  const { me } = conversation
  const readSeq = Math.min(seq, conversation.head)
  if (!me || readSeq <= me.readSeq) return local
  const first = messages[0]
  const allHeld = readSeq === conversation.head || !local.hasEarlier || (first && first.seq <= readSeq + 1)
  const left = messages.filter((message) => message.seq > readSeq && message.deletedAt === null)
  const mentioned = left.filter((message) => message.senderId !== viewer && mentions(message, viewer))
  return {
    ...local,
    conversation: {
      ...conversation,
      me: { ...me, readSeq, unread: left.length, mentions: mentioned.length },
    },
    // The server counts when it hears of the cursor; until then the messages that are held are the count.
    doubtful: local.doubtful || !allHeld,
  }
}
