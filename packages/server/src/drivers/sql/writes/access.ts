import type { Database } from 'bun:sqlite'
import type { ConversationPermissions, Kind, Role, Visibility } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { type Action, permissionOf, permissions } from '@confab/protocol/permissions'
import { Refusal } from '@confab/protocol/refusal'
import { parsePermissions } from '../reads/permissions.ts'
import { suspended } from './users.ts'

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
  /** 1 where one of a pair has blocked the other. */
  shut: number
  permissions: ConversationPermissions
}

type ConversationColumns = Omit<OpenConversation, 'permissions'> & { permissions: string | null }

/** The actor's own row in it. */
interface MemberColumns {
  user: number
  role: Role
  readSeq: number
  readOrdinal: number
  deliveredSeq: number
}

const noMember = { role: null, readSeq: null, readOrdinal: null, deliveredSeq: null }

interface Actor {
  isSuspended: boolean
}

export type Permitted = OpenConversation & Actor & MemberColumns
/** All null for who is no member; `user` null for who is no user. */
export type Found = OpenConversation &
  Actor & { [Column in keyof MemberColumns]: MemberColumns[Column] | null }

export interface Access {
  /** What an actor is to a conversation; undefined if there is none. */
  find(conversationId: ConversationId, actorId: UserId): Found | undefined
  /** The conversation, where the actor is a member who may; else a Refusal. */
  permit(conversationId: ConversationId, actorId: UserId, action: Action): Permitted
  /** Writes back what has been counted up. */
  saveHead(conversation: OpenConversation): void
}

export function prepareAccess(database: Database): Access {
  // Three single-row lookups, 2 µs together. As one statement they are a join, which SQLite plans anew
  // whenever a parameter is bound: 14 µs (docs/decisions/0004).
  const selectConversation = database.prepare<ConversationColumns, [string]>(`
    SELECT num, kind, visibility, head, last_ordinal AS lastOrdinal, last_message_seq AS lastMessageSeq,
      last_at AS lastAt, active_at AS activeAt, cursors_at AS cursorsAt, member_count AS memberCount, shut,
      permissions
    FROM conversations WHERE id = ?`)
  const selectUser = database.prepare<{ num: number; suspendedAt: number | null }, [string]>(
    'SELECT num, suspended_at AS suspendedAt FROM users WHERE id = ?',
  )
  const selectMember = database.prepare<Omit<MemberColumns, 'user'>, [number, number]>(`
    SELECT role, read_seq AS readSeq, read_ordinal AS readOrdinal, delivered_seq AS deliveredSeq
    FROM members WHERE conversation = ? AND user = ?`)
  const update = database.prepare<never, number[]>(`
    UPDATE conversations SET head = ?2, last_ordinal = ?3, last_message_seq = ?4, last_at = ?5,
      active_at = ?6, cursors_at = ?7, member_count = ?8
    WHERE num = ?1`)

  function find(conversationId: ConversationId, actorId: UserId): Found | undefined {
    const conversation = selectConversation.get(conversationId)
    if (!conversation) return undefined
    const actor = selectUser.get(actorId)
    const user = actor?.num ?? null
    const isSuspended = typeof actor?.suspendedAt === 'number'
    const member = user === null ? null : selectMember.get(conversation.num, user)
    const permissions = parsePermissions(conversation.permissions)
    return { ...conversation, permissions, ...(member ?? noMember), user, isSuspended }
  }

  return {
    find,
    permit(conversationId, actorId, action) {
      const found = find(conversationId, actorId)
      if (!found || !isMember(found)) throw new Refusal('not_found')
      if (found.isSuspended) throw suspended()
      requirePermission(action, found)
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

const isMember = (found: Found): found is Permitted => found.role !== null

/** Refuses `forbidden` to a member whose role may not, `conflict` where it can't be done by anybody. */
export function requirePermission(
  action: Action,
  member: Pick<Permitted, 'kind' | 'role' | 'permissions'>,
): void {
  const permission = permissionOf(action, member)
  if (permission === 'never')
    throw new Refusal('conflict', { detail: 'A direct conversation has neither roles nor changes' })
  if (permission === 'no') {
    const needed = permissions[action].admin === 'yes' ? 'admin' : 'owner'
    throw new Refusal('forbidden', { detail: `This needs the role ${needed}` })
  }
}

/** Refuses `forbidden` where nothing new may be said, because one of the two has blocked the other. */
export function requireOpen({ shut }: OpenConversation): void {
  if (shut === 1) throw new Refusal('forbidden', { detail: 'One of you has blocked the other' })
}
