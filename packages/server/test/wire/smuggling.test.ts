import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startServer, type TestServer } from '../start-server.ts'
import { connect } from './tcp-client.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

/** The statuses of all that comes back on a connection, until the server ends it. */
async function statusesOf(bytes: string): Promise<number[]> {
  await using client = await connect(Number(new URL(server.url).port))
  await client.write(Buffer.from(bytes, 'latin1'))
  const answers = (await client.rest()).toString('latin1')
  return [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
}

const host = 'Host: localhost\r\n'
const chunked = 'Transfer-Encoding: chunked\r\n'
/**
 * What goes on behind the bytes in question: read as a request of its own it is answered, with the last word.
 */
const last = `GET /healthz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`
/** To a door that reads the body before it answers. */
const post = (headers: string, body: string) =>
  `POST /api/v1/ws/ticket HTTP/1.1\r\n${host}Content-Type: application/json\r\n${headers}\r\n${body}`
const hidden = `GET /readyz HTTP/1.1\r\n${host}\r\n`

test.each([
  ['a length', post('Content-Length: 3\r\n', 'abc')],
  ['the same length twice', post('Content-Length: 3\r\nContent-Length: 3\r\n', 'abc')],
  ['chunks', post(chunked, '3\r\nabc\r\n0\r\n\r\n')],
  ['chunks by another case', post('transfer-encoding:\tCHUNKED\r\n', '3\r\nabc\r\n0\r\n\r\n')],
  ['a chunk with an extension', post(chunked, '3;a=b\r\nabc\r\n0;c\r\n\r\n')],
  ['a request in a body', post(`Content-Length: ${hidden.length}\r\n`, hidden)],
  ['a request in a chunk', post(chunked, `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`)],
])('[HTTP16] %s is one request, and what follows it another', async (_, bytes) => {
  expect(await statusesOf(bytes + last)).toEqual([401, 200])
})

test.each([
  ['a length beside chunks', post(`Content-Length: 6\r\n${chunked}`, `0\r\n\r\n${hidden}`)],
  ['chunks beside a length', post(`${chunked}Content-Length: 3\r\n`, '3\r\nabc\r\n0\r\n\r\n')],
  ['two lengths', post('Content-Length: 3\r\nContent-Length: 0\r\n', `abc${hidden}`)],
  ['a list of lengths', post('Content-Length: 3, 3\r\n', 'abc')],
  ['a length with a sign', post('Content-Length: +3\r\n', 'abc')],
  ['a length below zero', post('Content-Length: -1\r\n', 'abc')],
  ['a length in sixteens', post('Content-Length: 0x3\r\n', 'abc')],
  ['an empty length', post('Content-Length: \r\n', hidden)],
  ['a length beyond all numbers', post('Content-Length: 99999999999999999999\r\n', 'abc')],
  ['a space before the colon', post('Content-Length : 3\r\n', 'abc')],
  ['another coding', post('Transfer-Encoding: xchunked\r\n', '3\r\nabc\r\n0\r\n\r\n')],
  ['no coding', post('Transfer-Encoding: identity\r\n', hidden)],
  ['a coding over chunks', post('Transfer-Encoding: chunked, identity\r\n', '3\r\nabc\r\n0\r\n\r\n')],
  ['chunks twice', post(`${chunked}Transfer-Encoding: identity\r\n`, '3\r\nabc\r\n0\r\n\r\n')],
  [
    'a coding behind a control character',
    post('Transfer-Encoding: \x0bchunked\r\n', '3\r\nabc\r\n0\r\n\r\n'),
  ],
  ['a folded coding', post('Transfer-Encoding:\r\n chunked\r\n', '3\r\nabc\r\n0\r\n\r\n')],
  ['a folded line', post('X-Folded: a\r\n Content-Length: 3\r\n', hidden)],
  ['a bare line feed', post('X-Bare: a\nContent-Length: 3\r\n', 'abc')],
  ['a bare carriage return', post(`X-Bare: a\r${chunked}`, '3\r\nabc\r\n0\r\n\r\n')],
  ['a NUL', post('X-Nul: a\0b\r\n', '')],
  ['chunks over HTTP/1.0', post(chunked, '3\r\nabc\r\n0\r\n\r\n').replace('HTTP/1.1', 'HTTP/1.0')],
  ['a size with a sign', post(chunked, '+3\r\nabc\r\n0\r\n\r\n')],
  ['a size below zero', post(chunked, '-3\r\nabc\r\n0\r\n\r\n')],
  ['a size with 0x', post(chunked, '0x3\r\nabc\r\n0\r\n\r\n')],
  ['a size behind a space', post(chunked, ' 3\r\nabc\r\n0\r\n\r\n')],
  ['no size', post(chunked, '\r\nabc\r\n0\r\n\r\n')],
  ['a size that is none', post(chunked, 'zz\r\nabc\r\n0\r\n\r\n')],
  ['a size beyond all numbers', post(chunked, '10000000000000003\r\nabc\r\n0\r\n\r\n')],
  ['a size that ends with a line feed', post(chunked, '3\nabc\r\n0\r\n\r\n')],
  ['an extension that ends with a line feed', post(chunked, `2;\nxx\r\n4c\r\n0\r\n\r\n${hidden}0\r\n\r\n`)],
  ['a chunk longer than its size', post(chunked, '3\r\nabcd\r\n0\r\n\r\n')],
  ['a chunk that ends otherwise', post(chunked, `3\r\nabcXX0\r\n\r\n${hidden}`)],
  ['two hosts', `GET /healthz HTTP/1.1\r\n${host}Host: elsewhere\r\n\r\n`],
  ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
])('[HTTP16] %s is refused, and what follows it unheard', async (_, bytes) => {
  expect(await statusesOf(bytes + last)).toEqual([400])
})

test('[HTTP16] what trails behind the chunks is the end: nothing after it is heard', async () => {
  const trailing = post(chunked, '3\r\nabc\r\n0\r\nX-Trailer: a\r\n\r\n')
  expect(await statusesOf(trailing + last)).toEqual([401, 400])
})

test('[HTTP17] TRACE and CONNECT are done nowhere, and echo nothing', async () => {
  for (const target of [
    'TRACE /',
    'TRACE /api/v1/me',
    'TRACE /nowhere',
    'CONNECT localhost:80',
    'TRACE /healthz',
  ])
    expect([target, await statusesOf(`${target} HTTP/1.1\r\n${host}Cookie: secret\r\n\r\n`)]).toEqual([
      target,
      [501],
    ])
  expect(await statusesOf(last)).toEqual([200])
})
