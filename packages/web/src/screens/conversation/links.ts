/** `at` is where it begins, in UTF-16 units. */
export type Piece =
  | { kind: 'text'; at: number; text: string }
  | { kind: 'link'; at: number; text: string; href: string }

const address = /\bhttps?:\/\/[^\s<>"'`]+/giu

/**
 * Splits a text into plain pieces and web addresses. The pieces joined are the text, code unit for code
 * unit. Only http and https become links: a `javascript:` or `data:` address stays plain text.
 */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(address)) {
    const found = withoutTail(match[0])
    const href = webAddress(found)
    if (!href) continue
    if (match.index > end) pieces.push({ kind: 'text', at: end, text: text.slice(end, match.index) })
    pieces.push({ kind: 'link', at: match.index, text: found, href })
    end = match.index + found.length
  }
  if (end < text.length) pieces.push({ kind: 'text', at: end, text: text.slice(end) })
  return pieces
}

/**
 * Leaves a sentence's punctuation outside, and a closing bracket that was not opened within. One pass:
 * a message of nothing but brackets must not hold the page up.
 */
function withoutTail(found: string): string {
  let unopened = count(found, ')') - count(found, '(')
  let end = found.length
  for (; end > 0; end--) {
    const last = found.charAt(end - 1)
    if (last === ')' && unopened > 0) unopened--
    else if (!punctuation.includes(last)) break
  }
  return found.slice(0, end)
}

const punctuation = '.,;:!?…*_~]}'
const count = (text: string, char: string) => text.split(char).length - 1

function webAddress(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const web = url?.protocol === 'http:' || url?.protocol === 'https:'
  return web && url.hostname !== '' ? url.href : undefined
}
