import type { Database } from 'bun:sqlite'
import type { Role } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { UserChange } from '../../../ports/writes.ts'
import type { Sharing } from '../reads/sharing.ts'
import type { OpenConversation } from './access.ts'
import { prepareNoteDeparture } from './departures.ts'
import type { UserRevs } from './user-revs.ts'

export interface MemberRow {
  user: number
  userId: UserId
  role: Role
}

interface Place {
  conversationId: ConversationId
  conversation: OpenConversation
}

/** The rows of `members`, and with each coming and going the user's own rev. */
export interface Members {
  find(conversation: number, userId: UserId): MemberRow | undefined
  /** Some of them, whichever come first. */
  first(conversation: number, limit: number): MemberRow[]
  /** Who becomes owner when the owner leaves: the longest-standing admin, else member. */
  heir(conversation: number): MemberRow | undefined
  /** Adds who has joined by the log's last event; everything before it counts as read. */
  add(place: Place, member: MemberRow): UserChange
  remove(
    place: { conversationId: ConversationId; conversation: Pick<OpenConversation, 'num' | 'memberCount'> },
    member: MemberRow,
    at: number,
  ): UserChange
  setRole(conversation: number, member: MemberRow, role: Role): void
}

export function prepareMembers(
  database: Database,
  { revs, sharing }: { revs: UserRevs; sharing: Sharing },
): Members {
  const noteDeparture = prepareNoteDeparture(database)
  const columns = 'm.user, u.id AS userId, m.role FROM members m JOIN users u ON u.num = m.user'
  const find = database.prepare<MemberRow, [number, string]>(
    `SELECT ${columns} WHERE u.id = ?2 AND m.conversation = ?1`,
  )
  const first = database.prepare<MemberRow, [number, number]>(
    `SELECT ${columns} WHERE m.conversation = ? ORDER BY m.joined_seq LIMIT ?`,
  )
  const firstAdmin = database.prepare<MemberRow, [number]>(
    `SELECT ${columns} WHERE m.conversation = ? AND m.role = 'admin' ORDER BY m.joined_seq LIMIT 1`,
  )
  // Of the one or two who come first, for there is one owner.
  const firstMember = database.prepare<MemberRow, [number]>(
    `SELECT ${columns} WHERE m.conversation = ? AND m.role <> 'owner' ORDER BY m.joined_seq LIMIT 1`,
  )
  const insert = database.prepare<never, (number | string)[]>(
    `INSERT INTO members (conversation, user, role, joined_seq, read_seq, read_ordinal, read_at,
      delivered_seq, delivered_at, user_rev) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?4, ?6, ?7)`,
  )
  const remove = database.prepare<never, [number, number]>(
    'DELETE FROM members WHERE conversation = ? AND user = ?',
  )
  const setRole = database.prepare<never, [number, number, string]>(
    'UPDATE members SET role = ?3 WHERE conversation = ?1 AND user = ?2',
  )
  return {
    find: (conversation, userId) => find.get(conversation, userId) ?? undefined,
    first: (conversation, limit) => first.all(conversation, limit),
    heir: (conversation) => firstAdmin.get(conversation) ?? firstMember.get(conversation) ?? undefined,
    add({ conversationId, conversation }, { user, userId, role }) {
      const { num, head, lastOrdinal, lastAt } = conversation
      const userRev = revs.next(user)
      insert.run(num, user, role, head, lastOrdinal, lastAt, userRev)
      sharing.forget(userId)
      conversation.memberCount += 1
      conversation.cursorsAt = Math.max(conversation.cursorsAt, lastAt)
      return { change: 'conversation', userId, userRev, conversationId }
    },
    remove({ conversationId, conversation }, { user, userId }, at) {
      remove.run(conversation.num, user)
      sharing.forget(userId)
      conversation.memberCount -= 1
      const userRev = revs.next(user)
      noteDeparture({ user, userRev, conversationId, at })
      return { change: 'removed', userId, userRev, conversationId }
    },
    setRole(conversation, { user }, role) {
      setRole.run(conversation, user, role)
    },
  }
}
