import type { Database } from 'bun:sqlite'
import type { Member, Role } from '@confab/protocol/conversation'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { z } from 'zod'
import type { List, ListPage } from '../../../ports/store.ts'
import { pageOf, parseCursor } from '../cursor.ts'
import { iso } from '../iso.ts'
import { plannedOnce } from '../planned-once.ts'
import { toUser, type UserColumns } from './people.ts'

export interface MemberRow extends UserColumns {
  role: Role
  joinedSeq: number
  readSeq: number
  readAt: number
  deliveredSeq: number
  deliveredAt: number
}

/** Columns of a MemberRow, where `members` is `m` and the member's row of `users` is `u`. */
export const memberColumns = `u.id, u.name, u.handle, u.bio, u.created_at, u.updated_at, m.role,
  m.joined_seq AS joinedSeq, m.read_seq AS readSeq, m.read_at AS readAt,
  m.delivered_seq AS deliveredSeq, m.delivered_at AS deliveredAt`

export const toMember = (row: MemberRow, { cursorsShown }: { cursorsShown: boolean }): Member => ({
  user: toUser(row),
  role: row.role,
  joinedSeq: row.joinedSeq,
  readSeq: cursorsShown ? row.readSeq : null,
  readAt: cursorsShown ? iso(row.readAt) : null,
  deliveredSeq: cursorsShown ? row.deliveredSeq : null,
  deliveredAt: cursorsShown ? iso(row.deliveredAt) : null,
})

export interface ReadMembers {
  list(page: ListPage & { conversationId: ConversationId }): List<Member>
  readers(at: { conversationId: ConversationId; seq: number }): { userId: UserId; readAt: number }[] | null
}

export function prepareReadMembers(
  database: Database,
  { receiptMembers }: { receiptMembers: number },
): ReadMembers {
  const conversation = database.prepare<{ num: number; memberCount: number }, [string]>(
    'SELECT num, member_count AS memberCount FROM conversations WHERE id = ?',
  )
  const page = database.prepare<MemberRow, [number, number, number]>(
    plannedOnce(`
    SELECT ${memberColumns} FROM members m JOIN users u ON u.num = m.user
    WHERE m.conversation = ?1 AND m.joined_seq > ?2 ORDER BY m.joined_seq LIMIT ?3`),
  )
  const readers = database.prepare<{ userId: UserId; readAt: number }, [number, number]>(
    plannedOnce(`
    SELECT u.id AS userId, m.read_at AS readAt FROM members m JOIN users u ON u.num = m.user
    WHERE m.conversation = ?1 AND m.read_seq >= ?2 ORDER BY m.read_at, m.joined_seq`),
  )

  return {
    list({ conversationId, cursor, limit }) {
      const [after] = parseCursor(z.tuple([z.int()]), cursor) ?? [0]
      const found = conversation.get(conversationId)
      if (!found) return { items: [], next: null }
      const cursorsShown = found.memberCount <= receiptMembers
      return pageOf(page.all(found.num, after, limit + 1), {
        limit,
        keys: (row) => [row.joinedSeq],
        item: (row) => toMember(row, { cursorsShown }),
      })
    },
    readers({ conversationId, seq }) {
      const found = conversation.get(conversationId)
      if (!found) return []
      return found.memberCount > receiptMembers ? null : readers.all(found.num, seq)
    },
  }
}
