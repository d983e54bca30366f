import { expect, test } from 'bun:test'
import { numberAt } from '../clients/chat-client.ts'
import { textFinder } from './traffic.ts'

test('[LOAD12] a delivered message tells which send it was, wherever its text begins', () => {
  const find = textFinder()
  const read = (frame: string) => {
    const bytes = new TextEncoder().encode(`before${frame}`)
    const at = find(bytes, 'before'.length, bytes.length)
    return at === undefined ? 'no text' : numberAt(bytes, at)
  }
  expect(read('{"seq":9,"data":{"text":"000000012The quick"}}')).toBe(12)
  expect(read('{"seq":9,"data":{"text":"000000013The quick"}}')).toBe(13)
  expect(read('{"seq":10,"data":{"text":"000000014The quick"}}')).toBe(14)
  expect(read('{"seq":9,"data":{"text":"000000015The quick"}}')).toBe(15)
  expect(read('{"seq":9,"data":{"userId":"someone"}}')).toBe('no text')
})
