import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { piecesOf } from './links.ts'

const linksIn = (text: string) =>
  piecesOf(text).flatMap((piece) => (piece.kind === 'link' ? [piece.href] : []))

test('[WEB21] an http or https address becomes a link, without the punctuation of its sentence', () => {
  expect(piecesOf('See https://example.org/a?b=1#c, or (http://example.org/x_(y)).')).toEqual([
    { kind: 'text', at: 0, text: 'See ' },
    { kind: 'link', at: 4, text: 'https://example.org/a?b=1#c', href: 'https://example.org/a?b=1#c' },
    { kind: 'text', at: 31, text: ', or (' },
    { kind: 'link', at: 37, text: 'http://example.org/x_(y)', href: 'http://example.org/x_(y)' },
    { kind: 'text', at: 61, text: ').' },
  ])
})

test('[WEB21] no other scheme becomes a link', () => {
  expect(
    linksIn('javascript:alert(1) data:text/html,x file:///etc/passwd vbscript:x ftp://example.org'),
  ).toEqual([])
  expect(linksIn('http://')).toEqual([])
})

test('[WEB20] the pieces of any text join to that text', () => {
  const parts = fc.constantFrom(
    'https://a.example/',
    'http://',
    '(',
    ')',
    '.',
    ' ',
    '\n',
    '\u202e',
    '👩‍👩‍👧',
    '<b>',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(parts, fc.string({ unit: 'binary' }))), (texts) => {
      const text = texts.join('')
      expect(
        piecesOf(text)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text)
    }),
  )
})
