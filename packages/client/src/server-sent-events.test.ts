import { expect, test } from 'bun:test'
import { eventReader, type ServerSentEvent } from './server-sent-events.ts'

test('[SDK136] server-sent events are read whole, however their text is cut', () => {
  const text =
    ':\n\ndata: {"a":1}\n\nevent: close\r\ndata: one\r\ndata:two\r\nid: 7\r\n\r\n:x\ndata\n\nevent: lost\n\n'
  const wanted = [
    { event: 'message', data: '{"a":1}' },
    { event: 'close', data: 'one\ntwo' },
    { event: 'message', data: '' },
  ]
  for (let size = 1; size <= text.length; size++) {
    const events: ServerSentEvent[] = []
    const read = eventReader((event) => events.push(event))
    for (let at = 0; at < text.length; at += size) read(text.slice(at, at + size))
    expect([size, events]).toEqual([size, wanted])
  }
})
