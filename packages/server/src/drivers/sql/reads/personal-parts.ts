import type { Database, SQLQueryBindings } from 'bun:sqlite'
import type { PersonalPart, PersonalRecords } from '../../../ports/personal-records.ts'
import type { Now } from '../now.ts'
import type { TextSeal } from '../text-seal.ts'
import { type Part, type PartRow, pageOfPart, partsBeside, toMembership, toProfile } from './personal-part.ts'
import { prepareSteps } from './walk-steps.ts'

/** Runs through all conversations in order of place, on a thread that nobody waits for. */
const inPlaces = 'conversations c ON c.num ='
const seqOf = (column: string) => `${column} & 4294967295 AS seq`

const parts: Record<PersonalPart, Part> = {
  profile: {
    sql: `SELECT u.num AS place, u.id, u.name, u.handle, u.bio, u.locale, u.timezone, u.settings, u.server_role AS serverRole,
        u.created_at AS createdAt, u.updated_at AS updatedAt, p.last_seen_at AS lastSeenAt, p.chosen AS chosenStatus,
        u.suspended_at AS suspendedAt, u.suspended_reason AS suspendedReason
      FROM users u LEFT JOIN presences p ON p.user = u.num WHERE u.num = ?1 AND u.num > ?3 LIMIT ?2`,
    keys: ['place'],
    from: [0],
    item: toProfile,
  },
  memberships: {
    sql: `SELECT c.num AS place, c.id AS conversationId, c.kind, c.name, c.topic, c.visibility, m.role,
        m.joined_seq AS joinedSeq, m.read_seq AS readSeq, m.read_at AS readAt, m.delivered_seq AS deliveredSeq,
        m.delivered_at AS deliveredAt, m.muted, m.pinned, m.notify, m.hidden, m.marked_unread AS markedUnread,
        m.draft, c.last_ordinal AS messages
      FROM members m JOIN conversations c ON c.num = m.conversation
      WHERE m.user = ?1 AND m.conversation > ?3 ORDER BY m.conversation LIMIT ?2`,
    keys: ['place'],
    from: [0],
    item: toMembership,
  },
  reactions: {
    sql: `SELECT r.place, c.id AS conversationId, ${seqOf('r.place')}, r.emoji FROM reactions r
      CROSS JOIN ${inPlaces} r.place >> 32
      WHERE (r.place, r.emoji) > (?3, ?4) AND r.place <= ?5 AND r.user = ?1 ORDER BY r.place, r.emoji LIMIT ?2`,
    keys: ['place', 'emoji'],
    from: [0, ''],
  },
  pins: {
    sql: `SELECT e.place, c.id AS conversationId, e.target AS seq, e.type, e.at FROM events e
      CROSS JOIN ${inPlaces} e.place >> 32
      WHERE e.place > ?3 AND e.place <= ?4 AND e.actor = ?1 AND e.type IN ('message.pinned', 'message.unpinned')
      ORDER BY e.place LIMIT ?2`,
    keys: ['place'],
    from: [0],
  },
  blocks: {
    sql: `SELECT b.blocked AS place, u.id AS userId, b.at FROM blocks b JOIN users u ON u.num = b.blocked
      WHERE b.blocker = ?1 AND b.blocked > ?3 ORDER BY b.blocked LIMIT ?2`,
    keys: ['place'],
    from: [0],
  },
  ...partsBeside,
}

/** A part that is a table's rows as they are. */
export function preparePersonalParts(database: Database, texts: TextSeal): Now<PersonalRecords['page']> {
  const numOf = database.prepare<{ num: number }, [string]>('SELECT num FROM users WHERE id = ?')

  const steps = {
    reactions: { step: prepareSteps(database, 'reactions'), next: (until: number) => [until + 1, ''] },
    pins: { step: prepareSteps(database, 'events'), next: (until: number) => [until] },
  }

  return (query) => {
    const part = parts[query.part]
    const { num } = numOf.get(query.userId) ?? {}
    const person = { num, id: query.userId, email: query.email }[part.of ?? 'num']
    if (person === undefined) return { items: [], next: null }
    const after = query.after ?? part.from
    const values = [person, query.limit, ...after]
    const rowsOf = (...all: (string | number)[]) =>
      database.query<PartRow, SQLQueryBindings[]>(part.sql).all(...all)
    if (query.part !== 'reactions' && query.part !== 'pins')
      return pageOfPart(part, rowsOf(...values), { ...query, texts })
    const { step, next } = steps[query.part]
    const { until, isLast } = step(Number(after[0]))
    const page = pageOfPart(part, rowsOf(...values, until), { ...query, texts })
    return { ...page, next: page.next ?? (isLast ? null : next(until)) }
  }
}
