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

/** Leaves a sentence's punctuation outside, and a closing bracket that was not opened within. */
function withoutTail(found: string): string {
  let address = found
  for (;;) {
    const last = address.at(-1) ?? ''
    const unopened = last === ')' && count(address, ')') > count(address, '(')
    if (!unopened && !'.,;:!?…*_~]}'.includes(last)) return address
    address = address.slice(0, -1)
  }
}

const count = (text: string, char: string) => text.split(char).length - 1

function webAddress(text: string): string | undefined {
  const url = URL.parse(text)
  const web = url?.protocol === 'http:' || url?.protocol === 'https:'
  return web && url.hostname !== '' ? url.href : undefined
}
