import type { Database } from 'bun:sqlite'
import type { ConversationId } from '@confab/protocol/ids'
import {
  type Committed,
  type ContinueErasure,
  erasedRowsAtOnce,
  type UserChange,
} from '../../../ports/writes.ts'
import { nothingNew } from './committed.ts'
import type { WriteTools } from './write-tools.ts'

/**
 * Erases a conversation in steps of bounded size, the first of which takes it from everybody: without its row
 * nobody finds it. What it held goes in later transactions, and a row in `erasures` says so until it is done.
 */
export interface EraseConversation {
  /** Answers what is to be told, and what is left to do. */
  begin(erased: { num: number; id: ConversationId; at: number }): {
    userChanges: UserChange[]
    rest: ContinueErasure
  }
  /** The next step of any erasure; nothing where none is left. */
  goOn(write: ContinueErasure): Committed
}

export function prepareEraseConversation(
  database: Database,
  { members, sharing }: Pick<WriteTools, 'members' | 'sharing'>,
): EraseConversation {
  const removeRow = database.prepare<never, [number]>('DELETE FROM conversations WHERE num = ?')
  const removeInvitations = database.prepare<never, [string]>(
    'DELETE FROM invitations WHERE conversation = ?',
  )
  const removePositions = database.prepare<never, [string]>(
    'DELETE FROM log_positions WHERE conversation = ?',
  )
  const note = database.prepare<never, [number, string]>('INSERT INTO erasures VALUES (?, ?)')
  const next = database.prepare<{ num: number; id: ConversationId }, []>(
    'SELECT conversation AS num, id FROM erasures LIMIT 1',
  )
  const finish = database.prepare<never, [number]>('DELETE FROM erasures WHERE conversation = ?')
  const ofPlace = (table: string, key = 'place') => `DELETE FROM ${table} WHERE (${key}) IN (
    SELECT ${key} FROM ${table} WHERE place > ?1 << 32 AND place < (?1 + 1) << 32 LIMIT ?2)`
  const ofConversation = (table: string, key: string) => `DELETE FROM ${table} WHERE (${key}) IN (
    SELECT ${key} FROM ${table} WHERE conversation = ?1 LIMIT ?2)`
  const contents = [
    ofPlace('messages'),
    ofPlace('events'),
    ofPlace('reactions', 'place, emoji, user'),
    ofPlace('reaction_counts', 'place, emoji'),
    ofConversation('mentions', 'conversation, user, seq'),
    ofConversation('send_keys', 'conversation, send_key'),
  ].map((sql) => database.prepare<never, [number, number]>(sql))

  function removeMembers({ num, id, at }: { num: number; id: ConversationId; at: number }): UserChange[] {
    const place = { conversationId: id, conversation: { num, memberCount: 0 } }
    return members.first(num, erasedRowsAtOnce).map((member) => members.remove(place, member, at))
  }

  return {
    begin({ num, id, at }) {
      removeRow.run(num)
      removeInvitations.run(id)
      removePositions.run(id)
      note.run(num, id)
      sharing.forgetAll()
      return { userChanges: removeMembers({ num, id, at }), rest: { write: 'erasure.continue', at } }
    },
    goOn(write) {
      const found = next.get()
      if (!found) return nothingNew
      const userChanges = removeMembers({ ...found, at: write.at })
      let left = erasedRowsAtOnce - userChanges.length
      for (const erase of contents) if (left > 0) left -= erase.run(found.num, left).changes
      if (left > 0) finish.run(found.num)
      const isDone = left > 0 && next.get() === null
      return { ...nothingNew, fresh: true, userChanges, ...(!isDone && { rest: write }) }
    },
  }
}
