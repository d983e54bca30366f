import type { Database, SQLQueryBindings } from 'bun:sqlite'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { isoTimeOrNull } from '../../../lib/clock.ts'
import type {
  PersonalItem,
  PersonalPart,
  PersonalPlace,
  PersonalRecords,
} from '../../../ports/personal-records.ts'
import type { Now } from '../now.ts'
import type { StoredText, TextSeal } from '../text-seal.ts'

type Row = Record<string, SQLQueryBindings> & {
  conversationId?: ConversationId
  draft?: StoredText | null
}

/**
 * A part as a statement of ?1 the person (their number, or what `of` says), ?2 and ?3 the place after which,
 * ?4 how many. `keys` are the columns that order it.
 */
interface Part {
  sql: string
  keys: readonly string[]
  from: PersonalPlace
  of?: 'num' | 'id' | 'email'
  item?: (row: Row, by: { texts: TextSeal; userId: UserId }) => PersonalItem
}

/** Runs through all conversations in order of place, on a thread that nobody waits for. */
const inPlaces = 'conversations c ON c.num ='
const seqOf = (column: string) => `${column} & 4294967295 AS seq`

const parts: Record<PersonalPart, Part> = {
  profile: {
    sql: `SELECT u.num AS place, u.id, u.name, u.handle, u.bio, u.locale, u.timezone, u.settings, u.server_role AS serverRole,
        u.created_at AS createdAt, u.updated_at AS updatedAt, p.last_seen_at AS lastSeenAt, p.chosen AS chosenStatus,
        u.suspended_at AS suspendedAt, u.suspended_reason AS suspendedReason
      FROM users u LEFT JOIN presences p ON p.user = u.num WHERE u.num = ?1 AND u.num > ?2 LIMIT ?4`,
    keys: ['place'],
    from: [0],
    item: ({ settings, ...row }) => ({ ...row, settings: JSON.parse(String(settings)) }),
  },
  memberships: {
    sql: `SELECT c.num AS place, c.id AS conversationId, c.kind, c.name, c.topic, c.visibility, m.role,
        m.joined_seq AS joinedSeq, m.read_seq AS readSeq, m.read_at AS readAt, m.delivered_seq AS deliveredSeq,
        m.delivered_at AS deliveredAt, m.muted, m.pinned, m.notify, m.hidden, m.marked_unread AS markedUnread,
        m.draft, c.last_ordinal AS messages
      FROM members m JOIN conversations c ON c.num = m.conversation
      WHERE m.user = ?1 AND m.conversation > ?2 ORDER BY m.conversation LIMIT ?4`,
    keys: ['place'],
    from: [0],
    item: (row, { texts, userId }) => ({
      ...row,
      draft: row.draft && row.conversationId ? texts.draft.open(row.conversationId, userId, row.draft) : null,
      ...Object.fromEntries(
        ['muted', 'pinned', 'hidden', 'markedUnread'].map((name) => [name, row[name] === 1]),
      ),
    }),
  },
  reactions: {
    sql: `SELECT r.place, c.id AS conversationId, ${seqOf('r.place')}, r.emoji FROM reactions r
      CROSS JOIN ${inPlaces} r.place >> 32
      WHERE (r.place, r.emoji) > (?2, ?3) AND r.user = ?1 ORDER BY r.place, r.emoji LIMIT ?4`,
    keys: ['place', 'emoji'],
    from: [0, ''],
  },
  pins: {
    sql: `SELECT e.place, c.id AS conversationId, e.target AS seq, e.type, e.at FROM events e
      CROSS JOIN ${inPlaces} e.place >> 32
      WHERE e.place > ?2 AND e.actor = ?1 AND e.type IN ('message.pinned', 'message.unpinned')
      ORDER BY e.place LIMIT ?4`,
    keys: ['place'],
    from: [0],
  },
  blocks: {
    sql: `SELECT b.blocked AS place, u.id AS userId, b.at FROM blocks b JOIN users u ON u.num = b.blocked
      WHERE b.blocker = ?1 AND b.blocked > ?2 ORDER BY b.blocked LIMIT ?4`,
    keys: ['place'],
    from: [0],
  },
  invitations: {
    sql: `SELECT num AS place, id, conversation AS conversationId, created_at AS createdAt,
        expires_at AS expiresAt, uses_max AS usesMax, uses
      FROM invitations WHERE created_by = ?1 AND num > ?2 ORDER BY num LIMIT ?4`,
    keys: ['place'],
    from: [0],
    of: 'id',
  },
  audit: {
    sql: `SELECT num AS place, action, at, actor_id AS actorId, target_id AS targetId, network, detail
      FROM audit_log WHERE (actor_id = ?1 OR target_id = ?1) AND num > ?2 ORDER BY num LIMIT ?4`,
    keys: ['place'],
    from: [0],
    of: 'id',
    item: ({ detail, ...row }) => ({ ...row, detail: JSON.parse(String(detail)) }),
  },
  reports: {
    sql: `SELECT num AS place, id, conversation AS conversationId, seq, reason, note, created_at AS createdAt,
        outcome, settled_at AS settledAt
      FROM reports WHERE reporter = ?1 AND num > ?2 ORDER BY num LIMIT ?4`,
    keys: ['place'],
    from: [0],
    of: 'id',
  },
  consents: {
    sql: `SELECT num AS place, kind, version, given_at AS givenAt, withdrawn_at AS withdrawnAt FROM consents
      WHERE user = ?1 AND num > ?2 ORDER BY num LIMIT ?4`,
    keys: ['place'],
    from: [0],
    of: 'id',
  },
  mails: {
    sql: `SELECT num AS place, subject, sent_at AS sentAt FROM preview_mails
      WHERE address = ?1 AND num > ?2 ORDER BY num LIMIT ?4`,
    keys: ['place'],
    from: [0],
    of: 'email',
  },
}

/** A part that is a table's rows as they are. */
export function preparePersonalParts(database: Database, texts: TextSeal): Now<PersonalRecords['page']> {
  const numOf = database.prepare<{ num: number }, [string]>('SELECT num FROM users WHERE id = ?')

  return ({ part, userId, email, after, limit }) => {
    const { sql, keys, from, of = 'num', item = (row) => row } = parts[part]
    const person = { num: numOf.get(userId)?.num, id: userId, email }[of]
    if (person === undefined) return { items: [], next: null }
    const [first = 0, second = ''] = after ?? from
    const rows = database.query<Row, SQLQueryBindings[]>(sql).all(person, first, second, limit)
    const last = rows.at(-1)
    const next = rows.length === limit && last ? keys.map((key) => keyOf(last[key])) : null
    return { items: rows.map((row) => withTimes(item(row, { texts, userId }))), next }
  }
}

const keyOf = (key: SQLQueryBindings | undefined): string | number =>
  typeof key === 'number' ? key : String(key)

const isTime = (name: string) => name === 'at' || name.endsWith('At')

/** Milliseconds are for machines; what is handed to people says the time. The row's own key is nobody's. */
function withTimes({ place: _, ...row }: PersonalItem): PersonalItem {
  const fields = Object.entries(row).map(([name, value]) => [
    name,
    isTime(name) && (typeof value === 'number' || value === null) ? isoTimeOrNull(value) : value,
  ])
  return Object.fromEntries(fields)
}
