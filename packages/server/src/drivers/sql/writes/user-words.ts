import type { Database } from 'bun:sqlite'
import { searchWords } from '../search-text.ts'

/** Makes a user found by what they are called now; by nothing, without a name. */
export type IndexUser = (user: number, called: { name: string; handle: string } | undefined) => void

export function prepareIndexUser(database: Database): IndexUser {
  const forget = database.prepare<never, [number]>('DELETE FROM user_words WHERE user = ?')
  const insert = database.prepare<never, [string, number]>('INSERT INTO user_words VALUES (?, ?)')
  return (user, called) => {
    forget.run(user)
    for (const word of called ? searchWords(called) : []) insert.run(word, user)
  }
}
