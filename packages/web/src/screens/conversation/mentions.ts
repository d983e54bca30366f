import type { User } from '@confab/protocol/user'

/** `at` is where it begins, in UTF-16 units. */
export type MentionPiece =
  | { kind: 'text'; at: number; text: string }
  | { kind: 'mention'; at: number; text: string; handle: string }

/** As the server finds them (protocol's `findMentioned`): not within a word, an address or a path. */
const mention = /(?<![\p{L}\p{N}_@/.])@([a-z0-9_]{2,32})(?![\p{L}\p{N}_@])/giu

/** Splits a text at the handles that it names. The pieces joined are the text. */
export function mentionPieces(text: string, isNamed: (handle: string) => boolean): MentionPiece[] {
  const pieces: MentionPiece[] = []
  let end = 0
  for (const { 0: found, 1: written = '', index } of text.matchAll(mention)) {
    const handle = written.toLowerCase()
    if (!isNamed(handle)) continue
    if (index > end) pieces.push({ kind: 'text', at: end, text: text.slice(end, index) })
    pieces.push({ kind: 'mention', at: index, text: found, handle })
    end = index + found.length
  }
  if (end < text.length) pieces.push({ kind: 'text', at: end, text: text.slice(end) })
  return pieces
}

/** A handle that is being written: from its `@` to the caret. */
export interface Begun {
  from: number
  to: number
  query: string
}

const begun = /(?<![\p{L}\p{N}_@/.])@([a-z0-9_]{0,32})$/iu

export function begunMention(text: string, caret: number): Begun | undefined {
  const found = begun.exec(text.slice(0, caret))
  if (!found) return undefined
  return { from: found.index, to: caret, query: (found[1] ?? '').toLowerCase() }
}

/** More than these are found by typing on. */
const offersMax = 6

/** Whom the begun handle may mean: whose handle begins so first, then whose name has a word that does. */
export function offersFor(query: string, people: readonly User[]): User[] {
  const byHandle = people.filter(({ handle }) => handle.startsWith(query))
  const byName = people.filter(
    (user) =>
      !byHandle.includes(user) &&
      user.name
        .toLowerCase()
        .split(/\s+/)
        .some((word) => word.startsWith(query)),
  )
  return [...byHandle, ...byName].slice(0, offersMax)
}

/** The text with the handle written out and a space after it, and where the caret then stands. */
export function complete(text: string, { from, to }: Begun, handle: string): { text: string; caret: number } {
  const before = `${text.slice(0, from)}@${handle} `
  return { text: before + text.slice(to).replace(/^ /, ''), caret: before.length }
}
