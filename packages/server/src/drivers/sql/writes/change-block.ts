import type { Database } from 'bun:sqlite'
import { blocksMax } from '@confab/protocol/limits'
import { Refusal } from '@confab/protocol/refusal'
import type { ChangeBlock, Committed } from '../../../ports/writes.ts'
import { nothingNew } from './committed.ts'
import { keyOfPair } from './create-conversation.ts'
import type { WriteTools } from './write-tools.ts'

export function prepareChangeBlock(
  database: Database,
  { users, revs }: WriteTools,
): (write: ChangeBlock) => Committed {
  const insert = database.prepare<never, [number, number, number]>(
    'INSERT INTO blocks (blocker, blocked, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const remove = database.prepare<never, [number, number]>(
    'DELETE FROM blocks WHERE blocker = ? AND blocked = ?',
  )
  const count = database.prepare<{ count: number }, [number]>(
    'SELECT count(*) AS count FROM blocks WHERE blocker = ?',
  )
  const shut = database.prepare<never, [string, number, number]>(`
    UPDATE conversations SET shut = EXISTS (
      SELECT 1 FROM blocks WHERE (blocker, blocked) = (?2, ?3) OR (blocker, blocked) = (?3, ?2))
    WHERE pair_key = ?1`)

  return ({ actorId, userId, at, on }) => {
    const actor = users.find(actorId)
    const other = users.find(userId)
    if (!actor || !other) throw new Refusal('not_found', { detail: 'there is no such user' })
    users.requireActive(actorId)
    if (on && (count.get(actor.num)?.count ?? 0) >= blocksMax)
      throw new Refusal('conflict', { detail: `one person blocks at most ${blocksMax} others` })
    const { changes } = on ? insert.run(actor.num, other.num, at) : remove.run(actor.num, other.num)
    if (changes === 0) return nothingNew
    shut.run(keyOfPair(actor.num, other.num), actor.num, other.num)
    const change = { change: 'me', userId: actorId, userRev: revs.nextMe(actor.num), profile: false } as const
    return { status: 'committed', fresh: true, events: [], receipts: [], userChanges: [change] }
  }
}
