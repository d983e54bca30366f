import type { Database } from 'bun:sqlite'
import type { UserId } from '@confab/protocol/ids'
import type { Reaction } from '@confab/protocol/message'

/** The reactions to the messages at some places, as a viewer sees them; no entry where there are none. */
export type ReadReactions = (places: readonly number[], viewerId: UserId) => Map<number, Reaction[]>

interface ReactionRow {
  place: number
  emoji: string
  count: number
  mine: number
}

export function prepareReadReactions(database: Database): ReadReactions {
  const select = database.prepare<ReactionRow, [string, string]>(
    `
    SELECT c.place, c.emoji, c.count, EXISTS (
      SELECT 1 FROM reactions r WHERE r.place = c.place AND r.emoji = c.emoji
        AND r.user = (SELECT num FROM users WHERE id = ?2)) AS mine
    FROM json_each(?1) p JOIN reaction_counts c ON c.place = p.value
    ORDER BY c.place, c.since`,
  )
  return (places, viewerId) => {
    const reactions = new Map<number, Reaction[]>()
    for (const { place, emoji, count, mine } of select.all(JSON.stringify(places), viewerId)) {
      const shown = { emoji, count, mine: mine === 1 }
      const before = reactions.get(place)
      if (before) before.push(shown)
      else reactions.set(place, [shown])
    }
    return reactions
  }
}
