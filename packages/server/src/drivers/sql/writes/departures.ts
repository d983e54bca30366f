import type { Database } from 'bun:sqlite'
import type { ConversationId } from '@confab/protocol/ids'

/** Notes that a user has left a conversation, and forgets a few who left long ago. */
export type NoteDeparture = (departure: {
  user: number
  userRev: number
  conversationId: ConversationId
  at: number
}) => void

const keptMs = 24 * 60 * 60 * 1_000
/** More than come, so that there are never many. */
const forgottenAtOnce = 4

export function prepareNoteDeparture(database: Database): NoteDeparture {
  const insert = database.prepare<never, [number, number, string, number]>(
    'INSERT INTO departures (user, user_rev, conversation, at) VALUES (?, ?, ?, ?)',
  )
  const forget = database.prepare<never, [number, number]>(`
    DELETE FROM departures WHERE (user, user_rev) IN (
      SELECT user, user_rev FROM departures WHERE at < ? ORDER BY at LIMIT ?)`)
  return ({ user, userRev, conversationId, at }) => {
    forget.run(at - keptMs, forgottenAtOnce)
    insert.run(user, userRev, conversationId, at)
  }
}
