import type { Database } from 'bun:sqlite'
import type { UserId } from '@confab/protocol/ids'
import type { Mentioned } from '@confab/protocol/mentioned'
import type { Mentions as Shown } from '@confab/protocol/message'
import { permissionOf } from '@confab/protocol/permissions'
import type { Permitted } from './access.ts'

/** Who a text really addresses: members by handle, and everybody where the sender may. */
export interface Resolved {
  shown: Shown
  /** As the message's row keeps it: null for nobody. */
  json: string | null
  users: number[]
}

export interface Mentions {
  resolve(conversation: Permitted, mentioned: Mentioned | undefined): Resolved
  /** Counts the message for those mentioned, in the place of whom it counted for before. */
  save(conversation: Permitted, seq: number, resolved: Resolved): void
  forget(conversation: number, seq: number): void
  /** How many messages after a cursor mention the user. */
  unread(conversation: number, user: number, readSeq: number): number
}

export const nobody: Resolved = { shown: { userIds: [], all: false }, json: null, users: [] }

export function prepareMentions(database: Database): Mentions {
  // Joined in this order by word: left to SQLite it begins with all the members.
  const membersByHandle = database.prepare<{ user: number; userId: UserId }, [string, number]>(
    `
    SELECT u.num AS user, u.id AS userId FROM json_each(?1) h
    CROSS JOIN users u ON u.handle = h.value
    CROSS JOIN members m ON m.conversation = ?2 AND m.user = u.num
    ORDER BY h.key`,
  )
  const insert = database.prepare<never, [number, number, number]>(
    'INSERT INTO mentions (conversation, user, seq) VALUES (?, ?, ?)',
  )
  // By the message's members, for the key leads with the user: a few seeks, not a scan.
  const forget = database.prepare<never, [number, number, string]>(
    `DELETE FROM mentions WHERE conversation = ?1 AND seq = ?2
      AND user IN (SELECT num FROM users WHERE id IN (SELECT value FROM json_each(?3, '$.userIds')))`,
  )
  const mentionsAt = database.prepare<{ mentions: string | null }, [number, number]>(
    'SELECT mentions FROM messages WHERE place = (?1 << 32) + ?2',
  )
  const count = database.prepare<{ mentions: number }, [number, number, number]>(`
    SELECT (SELECT count(*) FROM mentions WHERE conversation = ?1 AND user = ?2 AND seq > ?3)
      + (SELECT count(*) FROM messages INDEXED BY messages_to_all WHERE mentions_all = 1
          AND place > (?1 << 32) + ?3 AND place < (?1 + 1) << 32 AND sender <> ?2) AS mentions`)

  return {
    resolve(conversation, mentioned) {
      const { num, user } = conversation
      const all = mentioned?.all === true && permissionOf('message.mentionAll', conversation) === 'yes'
      if (!all && !mentioned?.handles.length) return nobody
      const members = membersByHandle.all(JSON.stringify(mentioned?.handles ?? []), num)
      if (!all && members.length === 0) return nobody
      const shown = { userIds: members.map(({ userId }) => userId), all }
      // Whom `@all` reaches is reached once; a mention of oneself is told to nobody.
      const users = all ? [] : members.map((member) => member.user).filter((one) => one !== user)
      return { shown, json: JSON.stringify(shown), users }
    },
    save({ num }, seq, { users }) {
      for (const user of users) insert.run(num, user, seq)
    },
    forget(conversation, seq) {
      const json = mentionsAt.get(conversation, seq)?.mentions
      if (json) forget.run(conversation, seq, json)
    },
    unread: (conversation, user, readSeq) => count.get(conversation, user, readSeq)?.mentions ?? 0,
  }
}
