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
import { plannedOnce } from '../planned-once.ts'
import { prepareSnapshot } from '../snapshot.ts'
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

interface FoundRow extends ConversationRow {
  num: number
  lastMessagePlace: number | null
}

export type ReadConversations = (query: {
  ids: readonly ConversationId[]
  viewerId: UserId
}) => Conversation[]

/**
 * Conversations as a viewer sees them, in the order of the ids.
 * Private ones are hidden from who is no member; of a public channel an outsider sees neither messages
 * nor cursors.
 */
export function prepareReadConversations(
  database: Database,
  { receiptMembers }: { receiptMembers: number },
  texts: TextSeal,
  reactionsOf: ReadReactions,
): ReadConversations {
  const conversations = database.prepare<FoundRow, [string, string]>(
    `
    SELECT c.num, c.id, c.kind, c.name, c.topic, c.visibility, c.permissions, c.retention_days AS retentionDays,
      c.created_at AS createdAt, c.last_at AS lastAt,
      c.head, c.last_ordinal AS lastOrdinal, c.member_count AS memberCount,
      (c.num << 32) + nullif(c.last_message_seq, 0) AS lastMessagePlace, m.role, m.read_seq AS readSeq,
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
  const messageAt = database.prepare<MessageRow, [number]>(
    plannedOnce(
      `SELECT ${messageColumns} FROM messages m JOIN users s ON s.num = m.sender WHERE m.place = ?`,
    ),
  )
  const firstMembers = database.prepare<MemberRow, [number, number]>(
    plannedOnce(`
    SELECT ${memberColumns} FROM members m JOIN users u ON u.num = m.user
    WHERE m.conversation = ? ORDER BY m.joined_seq LIMIT ?`),
  )
  // By the table's own key, where a conversation's members lie side by side: half as long again by the index.
  const allMembers = database.prepare<MemberRow, [number]>(
    plannedOnce(`
    SELECT ${memberColumns} FROM members m NOT INDEXED JOIN users u ON u.num = m.user
    WHERE m.conversation = ?`),
  )
  const inSnapshot = prepareSnapshot(database)

  const membersOf = ({ num, memberCount }: FoundRow): MemberRow[] =>
    memberCount <= conversationMembersShown
      ? allMembers.all(num).sort((one, other) => one.joinedSeq - other.joinedSeq)
      : firstMembers.all(num, conversationMembersShown)

  function read({ ids, viewerId }: Parameters<ReadConversations>[0]): Conversation[] {
    const rows = conversations.all(JSON.stringify([...new Set(ids)]), viewerId)
    const shown = rows.map((row) => ({
      row,
      last: row.role !== null && row.lastMessagePlace !== null ? messageAt.get(row.lastMessagePlace) : null,
      members: membersOf(row),
    }))
    const reactions = reactionsOf(
      shown.flatMap(({ last }) => last?.place ?? []),
      viewerId,
    )
    return shown.map(({ row, last, members }) => {
      const cursorsShown = row.role !== null && row.memberCount <= receiptMembers
      return toConversation(texts, viewerId, row, {
        lastMessage: last && toMessage(texts, row.id, last, reactions.get(last.place) ?? []),
        members: members.map((member) => toMember(member, { cursorsShown })),
      })
    })
  }

  return (query) => (query.ids.length > 0 ? inSnapshot(() => read(query)) : [])
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
