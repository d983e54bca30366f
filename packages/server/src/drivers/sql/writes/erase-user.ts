import type { Database } from 'bun:sqlite'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import type { Committed, EraseUser } from '../../../ports/writes.ts'
import { nothingNew } from './committed.ts'
import type { Leave } from './remove-member.ts'
import { prepareIndexUser } from './user-words.ts'
import type { WriteTools } from './write-tools.ts'

/** What stands where a person's name stood. */
const erasedName = 'Deleted user'

/** Where the last administrator goes, the longest-standing user runs the installation: else nobody could. */
export function prepareEraseUser(
  database: Database,
  { access, users, revs }: WriteTools,
  leave: Leave,
): (write: EraseUser) => Committed {
  const conversations = database.prepare<{ id: ConversationId }, [number]>(
    `SELECT c.id FROM members m JOIN conversations c ON c.num = m.conversation
      WHERE m.user = ? AND c.kind <> 'direct' ORDER BY c.num`,
  )
  const clearDrafts = database.prepare<never, [number]>(
    'UPDATE members SET draft = NULL WHERE user = ? AND draft IS NOT NULL',
  )
  const erase = database.prepare<never, (number | string)[]>(
    `UPDATE users SET name = ?2, sort_name = '', handle = ?3, bio = '', locale = NULL, timezone = NULL,
      settings = '{}', server_role = 'member', suspended_reason = NULL, updated_at = ?4, erased_at = ?4
      WHERE num = ?1`,
  )
  const forgetPresence = database.prepare<never, [number]>('DELETE FROM presences WHERE user = ?')
  const forgetBlocks = database.prepare<never, [number]>('DELETE FROM blocks WHERE blocker = ?')
  const revokeInvitations = database.prepare<never, [string]>('DELETE FROM invitations WHERE created_by = ?')
  const administrator = database.prepare<unknown, []>(
    "SELECT 1 FROM users WHERE server_role = 'admin' AND erased_at IS NULL AND suspended_at IS NULL LIMIT 1",
  )
  const heir = database.prepare<{ num: number; id: UserId }, []>(
    `UPDATE users SET server_role = 'admin'
      WHERE num = (SELECT min(num) FROM users WHERE erased_at IS NULL AND suspended_at IS NULL) RETURNING num, id`,
  )
  const index = prepareIndexUser(database)
  return ({ actorId, at }) => {
    const user = users.find(actorId)
    // Erased before: whoever asks again has something else left to do.
    if (!user) return nothingNew
    const left = conversations.all(user.num).map(({ id: conversationId }) => {
      const conversation = access.permit(conversationId, actorId, 'member.leave')
      const member = { user: user.num, userId: actorId, role: conversation.role }
      return leave({ conversationId, conversation, actorId, member, at })
    })
    clearDrafts.run(user.num)
    forgetPresence.run(user.num)
    forgetBlocks.run(user.num)
    revokeInvitations.run(actorId)
    index(user.num, undefined)
    erase.run(user.num, erasedName, `deleted-${actorId}`, at)
    const me = { change: 'me', userId: actorId, userRev: revs.nextMe(user.num), profile: true } as const
    const next = administrator.get() === null ? heir.get() : null
    const promoted = next
      ? [{ change: 'me', userId: next.id, userRev: revs.nextMe(next.num), profile: false } as const]
      : []
    const roles = left.flatMap((one) => one.roles ?? [])
    const rest = left.find((one) => one.rest)?.rest
    return {
      status: 'committed',
      fresh: true,
      ...(rest && { rest }),
      ...(roles.length > 0 && { roles }),
      ...(next && { heirId: next.id }),
      events: left.flatMap(({ events }) => events),
      receipts: [],
      userChanges: [...left.map(({ userChange }) => userChange), me, ...promoted],
    }
  }
}
