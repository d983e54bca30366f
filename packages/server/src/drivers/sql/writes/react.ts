import type { Database } from 'bun:sqlite'
import { Refusal } from '@confab/protocol/refusal'
import type { Committed, React } from '../../../ports/writes.ts'
import { requireOpen } from './access.ts'
import { nothingNew } from './committed.ts'
import { committedEvent, type MessagesUnderLock } from './message-under-lock.ts'
import type { WriteTools } from './write-tools.ts'

export function prepareReact(
  database: Database,
  { access, append }: WriteTools,
  messages: MessagesUnderLock,
  { reactionKinds }: { reactionKinds: number },
): (write: React) => Committed {
  const mine = database.prepare<unknown, [number, string, number]>(
    'SELECT 1 FROM reactions WHERE place = ? AND emoji = ? AND user = ?',
  )
  const insert = database.prepare<never, [number, string, number, number]>(
    'INSERT INTO reactions (place, emoji, user, seq) VALUES (?, ?, ?, ?)',
  )
  const remove = database.prepare<never, [number, string, number]>(
    'DELETE FROM reactions WHERE place = ? AND emoji = ? AND user = ?',
  )
  const countUp = database.prepare<never, [number, string, number]>(
    `INSERT INTO reaction_counts (place, emoji, since, count) VALUES (?, ?, ?, 1)
      ON CONFLICT DO UPDATE SET count = count + 1`,
  )
  const countDown = database.prepare<never, [number, string]>(
    'UPDATE reaction_counts SET count = count - 1 WHERE place = ? AND emoji = ?',
  )
  const forgetUnused = database.prepare<never, [number, string]>(
    'DELETE FROM reaction_counts WHERE place = ? AND emoji = ? AND count = 0',
  )
  const kinds = database.prepare<{ others: number }, [number, string]>(
    'SELECT count(*) AS others FROM reaction_counts WHERE place = ? AND emoji <> ?',
  )

  function refuseMoreKinds(place: number, emoji: string) {
    if ((kinds.get(place, emoji)?.others ?? 0) >= reactionKinds)
      throw new Refusal('conflict', { detail: `a message has at most ${reactionKinds} kinds of reactions` })
  }

  return ({ conversationId, actorId, at, seq, emoji, on }) => {
    const conversation = access.permit(conversationId, actorId, 'message.react')
    requireOpen(conversation)
    const { place } = messages.existing(conversation, seq)
    const { user } = conversation
    if ((mine.get(place, emoji, user) !== null) === on) return nothingNew
    if (on) refuseMoreKinds(place, emoji)

    const type = on ? 'reaction.added' : 'reaction.removed'
    const data = { target: seq, emoji }
    const event = append(conversation, { actor: user, at }, { conversationId, type, actorId, data })
    if (on) {
      insert.run(place, emoji, user, event.seq)
      countUp.run(place, emoji, event.seq)
    } else {
      remove.run(place, emoji, user)
      countDown.run(place, emoji)
      forgetUnused.run(place, emoji)
    }
    messages.touch(conversation, place)
    access.saveHead(conversation)
    return committedEvent(event)
  }
}
