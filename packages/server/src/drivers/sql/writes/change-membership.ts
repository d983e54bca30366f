import type { Database } from 'bun:sqlite'
import type { Notify } from '@confab/protocol/conversation'
import { assert } from '../../../lib/assert.ts'
import type { ChangeMembership, Committed } from '../../../ports/writes.ts'
import type { StoredText } from '../text-seal.ts'
import { nothingNew } from './committed.ts'
import type { WriteTools } from './write-tools.ts'

interface Settings {
  muted: number
  pinned: number
  notify: Notify
  hidden: number
  markedUnread: number
  draft: string | null
}

export function prepareChangeMembership(
  database: Database,
  { access, revs, texts }: WriteTools,
): (write: ChangeMembership) => Committed {
  const select = database.prepare<Omit<Settings, 'draft'> & { draft: StoredText | null }, [number, number]>(
    `SELECT muted, pinned, notify, hidden, marked_unread AS markedUnread, draft FROM members
      WHERE conversation = ? AND user = ?`,
  )
  const update = database.prepare<never, (number | string | null)[]>(
    `UPDATE members SET muted = ?3, pinned = ?4, notify = ?5, hidden = ?6, marked_unread = ?7, draft = ?8,
      user_rev = ?9 WHERE conversation = ?1 AND user = ?2`,
  )
  return ({ conversationId, actorId, change }) => {
    const { num, user } = access.permit(conversationId, actorId, 'membership.change')
    const found = select.get(num, user)
    assert(found, `${conversationId}: ${actorId} gone under the lock`)
    const before: Settings = {
      ...found,
      draft: found.draft && texts.draft.open(conversationId, actorId, found.draft),
    }
    const after: Settings = {
      muted: Number(change.muted ?? before.muted),
      pinned: Number(change.pinned ?? before.pinned),
      notify: change.notify ?? before.notify,
      hidden: Number(change.hidden ?? before.hidden),
      markedUnread: Number(change.markedUnread ?? before.markedUnread),
      draft: change.draft === undefined ? before.draft : change.draft,
    }
    if (Bun.deepEquals(before, after)) return nothingNew

    const { muted, pinned, notify, hidden, markedUnread, draft } = after
    const userRev = revs.next(user)
    const kept = draft && texts.draft.seal(conversationId, actorId, draft)
    update.run(num, user, muted, pinned, notify, hidden, markedUnread, kept, userRev)
    const userChange = { change: 'conversation', userId: actorId, userRev, conversationId } as const
    return { status: 'committed', fresh: true, events: [], receipts: [], userChanges: [userChange] }
  }
}
