import type { Database } from 'bun:sqlite'
import type {
  Conversation,
  Kind,
  Member,
  MyMembership,
  Notify,
  Role,
  Visibility,
} from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { conversationMembersShown } from '@confab/protocol/limits'
import type { Message } from '@confab/protocol/message'
import { isoTime } from '../../../lib/clock.ts'
import type { StoredText, TextSeal } from '../text-seal.ts'
import { type MemberRow, memberColumns, toMember } from './members.ts'
import { type MessageRow, messageColumns, toMessage } from './message-row.ts'
import { parsePermissions } from './permissions.ts'
import type { ReadReactions } from './reactions.ts'

export interface ConversationRow {
  id: ConversationId
  kind: Kind
  name: string | null
  topic: string | null
  visibility: Visibility
  permissions: string | null
  retentionDays: number | null
  createdAt: number
  lastAt: number
  head: number
  lastOrdinal: number
  memberCount: number
  deletedUnread: number
  mentions: number
  role: Role | null
  readSeq: number
  readOrdinal: number
  muted: number
  pinned: number
  notify: Notify
  hidden: number
  markedUnread: number
  draft: StoredText | null
}

export type ReadConversations = (query: {
  ids: readonly ConversationId[]
  viewerId: UserId
}) => Conversation[]

/**
 * Conversations as a viewer sees them, in the order of the ids: three queries for all of them together.
 * Private ones are hidden from who is no member; of a public channel an outsider sees neither messages
 * nor cursors.
 */
export function prepareReadConversations(
  database: Database,
  { receiptMembers }: { receiptMembers: number },
  texts: TextSeal,
  reactionsOf: ReadReactions,
): ReadConversations {
  const conversations = database.prepare<ConversationRow & { num: number }, [string, string]>(
    `
    SELECT c.num, c.id, c.kind, c.name, c.topic, c.visibility, c.permissions, c.retention_days AS retentionDays,
      c.created_at AS createdAt, c.last_at AS lastAt,
      c.head, c.last_ordinal AS lastOrdinal, c.member_count AS memberCount, m.role, m.read_seq AS readSeq,
      m.read_ordinal AS readOrdinal, m.muted, m.pinned, m.notify, m.hidden, m.marked_unread AS markedUnread,
      m.draft, iif(m.read_ordinal < c.last_ordinal,
        (SELECT count(*) FROM messages d INDEXED BY deleted_messages WHERE d.deleted_at IS NOT NULL
          AND d.place > (c.num << 32) + m.read_seq AND d.place < (c.num + 1) << 32), 0) AS deletedUnread,
      iif(m.read_ordinal < c.last_ordinal,
        (SELECT count(*) FROM mentions n WHERE n.conversation = c.num AND n.user = m.user AND n.seq > m.read_seq)
        + (SELECT count(*) FROM messages a INDEXED BY messages_to_all WHERE a.mentions_all = 1
          AND a.place > (c.num << 32) + m.read_seq AND a.place < (c.num + 1) << 32 AND a.sender <> m.user),
        0) AS mentions
    FROM json_each(?1) ids
    JOIN conversations c ON c.id = ids.value
    LEFT JOIN members m ON m.conversation = c.num AND m.user = (SELECT num FROM users WHERE id = ?2)
    WHERE m.user IS NOT NULL OR c.visibility = 'public'
    ORDER BY ids.key`,
  )
  const lastMessages = database.prepare<MessageRow & { num: number }, [string]>(
    `
    SELECT c.num, ${messageColumns}
    FROM json_each(?) nums
    JOIN conversations c ON c.num = nums.value
    JOIN messages m ON m.place = (c.num << 32) + c.last_message_seq
    JOIN users s ON s.num = m.sender`,
  )
  const firstMembers = database.prepare<MemberRow & { num: number }, [string, number]>(
    `
    SELECT m.conversation AS num, ${memberColumns}
    FROM json_each(?1) nums
    JOIN members m ON m.conversation = nums.value AND m.joined_seq <= ifnull(
      (SELECT joined_seq FROM members WHERE conversation = nums.value ORDER BY joined_seq LIMIT 1 OFFSET ?2 - 1),
      (1 << 32))
    JOIN users u ON u.num = m.user
    ORDER BY m.conversation, m.joined_seq`,
  )

  return ({ ids, viewerId }) => {
    if (ids.length === 0) return []
    const rows = conversations.all(JSON.stringify([...new Set(ids)]), viewerId)
    const nums = JSON.stringify(rows.map(({ num }) => num))
    const messages = new Map(lastMessages.all(nums).map((row) => [row.num, row]))
    const reactions = reactionsOf(
      [...messages.values()].map(({ place }) => place),
      viewerId,
    )
    const members = Map.groupBy(firstMembers.all(nums, conversationMembersShown), ({ num }) => num)
    return rows.map((row) => {
      const last = messages.get(row.num)
      const cursorsShown = row.role !== null && row.memberCount <= receiptMembers
      return toConversation(texts, viewerId, row, {
        lastMessage:
          last && row.role !== null ? toMessage(texts, row.id, last, reactions.get(last.place) ?? []) : null,
        members: (members.get(row.num) ?? []).map((member) => toMember(member, { cursorsShown })),
      })
    })
  }
}

export const toConversation = (
  texts: TextSeal,
  viewerId: UserId,
  row: ConversationRow,
  { lastMessage, members }: { lastMessage: Message | null; members: Member[] },
): Conversation => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  topic: row.topic,
  avatarUrl: null,
  visibility: row.visibility,
  ...(row.kind !== 'direct' && {
    permissions: parsePermissions(row.permissions),
    retentionDays: row.retentionDays,
  }),
  createdAt: isoTime(row.createdAt),
  updatedAt: isoTime(row.lastAt),
  head: row.head,
  memberCount: row.memberCount,
  lastMessage,
  members,
  me:
    row.role === null
      ? null
      : toMyMembership(row, row.role, row.draft && texts.draft.open(row.id, viewerId, row.draft)),
})

const toMyMembership = (row: ConversationRow, role: Role, draft: string | null): MyMembership => ({
  role,
  readSeq: row.readSeq,
  unread: row.lastOrdinal - row.readOrdinal - row.deletedUnread,
  mentions: row.mentions,
  muted: row.muted === 1,
  pinned: row.pinned === 1,
  notify: row.notify,
  hidden: row.hidden === 1,
  markedUnread: row.markedUnread === 1,
  draft,
})
