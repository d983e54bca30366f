import type { Database } from 'bun:sqlite'
import type { Kind, Role, Visibility } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'

/** A conversation under way in a write: counted up as events are appended, saved once by `saveHead`. */
export interface OpenConversation {
  num: number
  kind: Kind
  visibility: Visibility
  head: number
  lastOrdinal: number
  lastMessageSeq: number
  lastAt: number
  activeAt: number
  cursorsAt: number
  memberCount: number
}

/** The actor's own row in it. All null for who is no member; `user` null for who is no user. */
export interface ActorColumns {
  user: number | null
  role: Role | null
  readSeq: number | null
  readOrdinal: number | null
  deliveredSeq: number | null
}

export type Found = OpenConversation & ActorColumns
export type Permitted = OpenConversation & {
  [Column in keyof ActorColumns]: NonNullable<ActorColumns[Column]>
}

export interface Access {
  /** What an actor is to a conversation; undefined if there is none. */
  find(conversationId: ConversationId, actorId: UserId): Found | undefined
  /** The conversation, where the actor is a member of at least the role `needs`; else a Refusal. */
  permit(conversationId: ConversationId, actorId: UserId, needs: Role): Permitted
  /** Writes back what has been counted up. */
  saveHead(conversation: OpenConversation): void
}

const rank: Record<Role, number> = { member: 0, admin: 1, owner: 2 }

export function prepareAccess(database: Database): Access {
  const select = database.prepare<Found, [string, string]>(`
    SELECT c.num, c.kind, c.visibility, c.head, c.last_ordinal AS lastOrdinal,
      c.last_message_seq AS lastMessageSeq, c.last_at AS lastAt, c.active_at AS activeAt,
      c.cursors_at AS cursorsAt, c.member_count AS memberCount, u.num AS user, m.role, m.read_seq AS readSeq,
      m.read_ordinal AS readOrdinal, m.delivered_seq AS deliveredSeq
    FROM conversations c
    LEFT JOIN users u ON u.id = ?2
    LEFT JOIN members m ON m.conversation = c.num AND m.user = u.num
    WHERE c.id = ?1`)
  const update = database.prepare<never, number[]>(`
    UPDATE conversations SET head = ?2, last_ordinal = ?3, last_message_seq = ?4, last_at = ?5,
      active_at = ?6, cursors_at = ?7, member_count = ?8
    WHERE num = ?1`)
  const find = (conversationId: ConversationId, actorId: UserId) =>
    select.get(conversationId, actorId) ?? undefined

  return {
    find,
    permit(conversationId, actorId, needs) {
      const found = find(conversationId, actorId)
      if (!found || !isMember(found)) throw new Refusal('not_found')
      if (rank[found.role] < rank[needs]) throw new Refusal('forbidden')
      return found
    },
    saveHead(one) {
      update.run(
        one.num,
        one.head,
        one.lastOrdinal,
        one.lastMessageSeq,
        one.lastAt,
        one.activeAt,
        one.cursorsAt,
        one.memberCount,
      )
    },
  }
}

export const isMember = (found: Found): found is Permitted => found.role !== null
