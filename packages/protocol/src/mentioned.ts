import { everybodysHandle } from './user.ts'

/** Who a text addresses, by handle, before anyone has looked who they are. */
export interface Mentioned {
  handles: readonly string[]
  all: boolean
}

const nobody: Mentioned = { handles: [], all: false }
/** More handles than this in one text address nobody further. */
const handlesMax = 50
const mention = /(?<![\p{L}\p{N}_@/.])@([a-z0-9_]{2,32})(?![\p{L}\p{N}_@])/giu

/**
 * Finds `@handle` and `@all`. An `@` inside a word, an address or a path is none. Handles come in lower
 * case, each once.
 */
export function findMentioned(text: string): Mentioned {
  if (!text.includes('@')) return nobody
  const found = new Set<string>()
  for (const [, handle] of text.matchAll(mention)) if (handle) found.add(handle.toLowerCase())
  const all = found.delete(everybodysHandle)
  return { handles: [...found].slice(0, handlesMax), all }
}
