import type { ConversationId, UserId } from '@confab/protocol/ids'
import { isoTimeOrNull } from '../../../lib/clock.ts'
import type {
  PersonalItem,
  PersonalPage,
  PersonalPart,
  PersonalPlace,
  PersonalQuery,
} from '../../../ports/personal-records.ts'
import type { StoredText, TextSeal } from '../text-seal.ts'

export type PartRow = Record<string, unknown> & {
  conversationId?: ConversationId
  draft?: StoredText | null
  note?: StoredText | null
}

/**
 * A part of what is kept about a person, as a statement of ?1 the person (their number in SQLite, or what
 * `of` says), ?2 how many, and from ?3 on the place after which. `keys` are the columns that order it.
 */
export interface Part {
  sql: string
  keys: readonly string[]
  from: PersonalPlace
  of?: 'num' | 'id' | 'email'
  item?: (row: PartRow, by: { texts: TextSeal; userId: UserId }) => PersonalItem
}

/** What the ports beside the store keep, in words that both engines understand. */
export const partsBeside = {
  invitations: {
    sql: `SELECT num AS place, id, conversation AS "conversationId", created_at AS "createdAt",
        expires_at AS "expiresAt", uses_max AS "usesMax", uses
      FROM invitations WHERE created_by = ?1 AND num > ?3 ORDER BY num LIMIT ?2`,
    keys: ['place'],
    from: [0],
    of: 'id',
  },
  audit: {
    sql: `SELECT num AS place, action, at, actor_id AS "actorId", target_id AS "targetId", network, detail
      FROM audit_log WHERE (actor_id = ?1 OR target_id = ?1) AND num > ?3 ORDER BY num LIMIT ?2`,
    keys: ['place'],
    from: [0],
    of: 'id',
    item: ({ detail, ...row }) => ({ ...row, detail: JSON.parse(String(detail)) }),
  },
  reports: {
    sql: `SELECT num AS place, id, conversation AS "conversationId", seq, reason, note, created_at AS "createdAt",
        outcome, settled_at AS "settledAt"
      FROM reports WHERE reporter = ?1 AND num > ?3 ORDER BY num LIMIT ?2`,
    keys: ['place'],
    from: [0],
    of: 'id',
    item: (row, { texts }) => ({
      ...row,
      note:
        row.note && row.conversationId ? texts.note.open(row.conversationId, String(row.id), row.note) : null,
    }),
  },
  consents: {
    sql: `SELECT num AS place, kind, version, given_at AS "givenAt", withdrawn_at AS "withdrawnAt" FROM consents
      WHERE "user" = ?1 AND num > ?3 ORDER BY num LIMIT ?2`,
    keys: ['place'],
    from: [0],
    of: 'id',
  },
  mails: {
    sql: `SELECT num AS place, subject, sent_at AS "sentAt" FROM preview_mails
      WHERE address = ?1 AND num > ?3 ORDER BY num LIMIT ?2`,
    keys: ['place'],
    from: [0],
    of: 'email',
  },
} satisfies Partial<Record<PersonalPart, Part>>

export const toProfile = ({ settings, ...row }: PartRow): PersonalItem => ({
  ...row,
  settings: JSON.parse(String(settings)),
})

/** Neither engine's table has flags of true and false. */
export const toMembership: NonNullable<Part['item']> = (row, { texts, userId }) => ({
  ...row,
  draft: row.draft && row.conversationId ? texts.draft.open(row.conversationId, userId, row.draft) : null,
  ...Object.fromEntries(['muted', 'pinned', 'hidden', 'markedUnread'].map((name) => [name, row[name] === 1])),
})

export function pageOfPart(
  { keys, item = (row) => row }: Part,
  rows: readonly PartRow[],
  { limit, ...by }: Pick<PersonalQuery, 'limit' | 'userId'> & { texts: TextSeal },
): PersonalPage<PersonalItem> {
  const last = rows.at(-1)
  const next = rows.length === limit && last ? keys.map((key) => keyOf(last[key])) : null
  return { items: rows.map((row) => withTimes(item(row, by))), next }
}

const keyOf = (key: unknown): string | number => (typeof key === 'number' ? key : String(key))

const isTime = (name: string) => name === 'at' || name.endsWith('At')

/** Milliseconds are for machines; what is handed to people says the time. The row's own key is nobody's. */
function withTimes({ place: _, ...row }: PersonalItem): PersonalItem {
  const fields = Object.entries(row).map(([name, value]) => [
    name,
    isTime(name) && (typeof value === 'number' || value === null) ? isoTimeOrNull(value) : value,
  ])
  return Object.fromEntries(fields)
}
