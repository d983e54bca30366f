import { expect, test } from 'bun:test'
import { FrameReader } from '../wire/frames.ts'
import { firstSendId, PreparedSend, type SendWords } from './prepared-send.ts'

const words: SendWords = ({ id, conversationId, clientId, text }) =>
  `{"id":${id},"conversationId":"${conversationId}","clientId":"${clientId}","text":"${text}"}`

/** What a server reads in a client's frame, whose mask is zero. */
function readFrame(frame: Uint8Array): { id: number; clientId: string; text: string } {
  const wide = (frame[1] ?? 0) === (0x80 | 126)
  const header = wide ? 8 : 6
  const served = new Uint8Array([
    0x81,
    ...(wide ? [126, frame[2] ?? 0, frame[3] ?? 0] : [(frame[1] ?? 0) & 0x7f]),
  ])
  let read = ''
  new FrameReader().read(Buffer.concat([served, frame.subarray(header)]), (_code, bytes, start, end) => {
    read = new TextDecoder().decode(bytes.subarray(start, end))
  })
  return JSON.parse(read)
}

test('[LOAD9] a prepared frame carries each send of its own: the id, a clientId, the text', () => {
  for (const textLength of [8, 200]) {
    const prepared = new PreparedSend(words, { conversationId: 'c', textLength })
    const other = new PreparedSend(words, { conversationId: 'c', textLength })
    const text = 'x'.repeat(textLength)
    const later = 'y'.repeat(textLength)
    const sends = [
      readFrame(prepared.frame(firstSendId, text)),
      readFrame(prepared.frame(firstSendId + 90_807, later)),
      readFrame(other.frame(firstSendId, text)),
    ]
    expect(sends.map(({ id }) => id)).toEqual([firstSendId, firstSendId + 90_807, firstSendId])
    expect(sends.map((send) => send.text)).toEqual([text, later, text])
    expect(new Set(sends.map(({ clientId }) => clientId)).size).toBe(3)
  }
})
