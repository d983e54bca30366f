import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { begunMention, complete, mentionPieces } from './mentions.ts'

test('[WEB37] who is named is marked, and nothing else', () => {
  const named = (text: string) =>
    mentionPieces(text, (handle) => handle === 'ada' || handle === 'all').flatMap((piece) =>
      piece.kind === 'mention' ? [piece.text] : [],
    )
  expect(named('@ada and @Ada, (@all) but not @ben')).toEqual(['@ada', '@Ada', '@all'])
  expect(named('me@ada.example /@ada @@ada @adas x@ada')).toEqual([])
})

test('[WEB20] the pieces of any text join to that text', () => {
  const part = fc.constantFrom('@ada', '@', 'ada', ' ', '/', '.', '\n', '👩‍👩‍👧')
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = parts.join('')
      const pieces = mentionPieces(text, (handle) => handle === 'ada')
      expect(pieces.map((piece) => piece.text).join('')).toBe(text)
    }),
  )
})

test('[WEB38] a handle is completed where the caret stands', () => {
  const text = 'Ask @ad about it'
  const begun = begunMention(text, 7)
  expect(begun).toEqual({ from: 4, to: 7, query: 'ad' })
  expect(begun && complete(text, begun, 'ada')).toEqual({ text: 'Ask @ada about it', caret: 9 })
  expect(begunMention('mail@ad', 7)).toBeUndefined()
  expect(begunMention('@ada ', 5)).toBeUndefined()
})
