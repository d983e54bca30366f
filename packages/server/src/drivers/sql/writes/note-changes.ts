import type { Database } from 'bun:sqlite'
import type { Outcome } from '../../../ports/writes.ts'

/** For who follows the log of all conversations: how far those of a batch go now. With nobody, one look. */
export function prepareNoteChanges(database: Database): (outcomes: readonly Outcome[]) => void {
  const followers = database.prepare<unknown, []>('SELECT 1 FROM log_followers LIMIT 1')
  const note = database.prepare<never, [string]>(`
    INSERT INTO log_positions (conversation, follower, head, seq)
      SELECT c.id, f.name, c.head, 0 FROM log_followers f
        CROSS JOIN json_each(?) changed CROSS JOIN conversations c ON c.id = changed.value
      WHERE true
      ON CONFLICT (conversation, follower) DO UPDATE SET head = excluded.head`)
  return (outcomes) => {
    if (followers.get() === null) return
    const events = outcomes.flatMap((outcome) => (outcome.status === 'committed' ? outcome.events : []))
    const changed = new Set(events.map(({ conversationId }) => conversationId))
    if (changed.size > 0) note.run(JSON.stringify([...changed]))
  }
}
