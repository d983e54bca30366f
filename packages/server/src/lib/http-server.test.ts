import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { openHttpServer, type Service } from './http-server.ts'

function start(handle?: Service<undefined>['handle'], { bodyWithinMs = 60_000 } = {}) {
  const reports: string[] = []
  const answers: number[] = []
  const server = openHttpServer<undefined>({
    host: '127.0.0.1',
    port: 0,
    bodyBytesMax: 1_000,
    bodyWithinMs,
    report: (context) => reports.push(context),
    onAnswer: (status) => answers.push(status),
  })
  if (handle) server.serve({ handle })
  return { server, reports, answers, url: `http://127.0.0.1:${server.port}/` }
}

/** A connection that writes what it is told to, and hears all until its end. */
function dial({ port }: { port: number }) {
  const socket = connect(port, '127.0.0.1')
  const { promise: ended, resolve } = Promise.withResolvers<string>()
  let heard = ''
  socket.on('data', (part) => {
    heard += part
  })
  socket.on('close', () => resolve(heard))
  return { write: (text: string) => socket.write(text), ended }
}

test('[HTTP13] until it can serve it says so, and when to come again', async () => {
  const { server, url } = start()
  await using _ = server
  const answer = await fetch(url)
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
  server.serve({ handle: async () => new Response('served') })
  expect(await (await fetch(url)).text()).toBe('served')
})

test('[HTTP14] a failure of the service is a bare 500, and is reported', async () => {
  const { server, url, reports } = start(async () => {
    throw new Error('the password is swordfish')
  })
  await using _ = server
  const answer = await fetch(url)
  expect([answer.status, await answer.text()]).toEqual([500, ''])
  expect(reports).toEqual(['http: a request was not answered'])
})

test('[HTTP15] who never ends a body is answered 408 and hung up on; who ends it in time is served', async () => {
  const head = 'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\n'
  const { server, answers } = start(async (request) => new Response(await request.text()), {
    bodyWithinMs: 100,
  })
  await using _ = server
  const whole = dial(server)
  whole.write(`${head}abcd`)
  const half = dial(server)
  half.write(`${head}ab`)
  expect(await half.ended).toStartWith('HTTP/1.1 408 ')
  expect(answers.sort()).toEqual([200, 408])
})

test('[RUN7] a drain waits for what is under way, and no longer than its grace', async () => {
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>()
  const { server, url } = start(async () => {
    await finished
    return new Response('finished')
  })
  await using _ = server
  const answer = fetch(url)
  while (server.requestsUnderWay === 0) await new Promise(setImmediate)
  await server.drain(0)
  expect(server.requestsUnderWay).toBe(1)
  const drained = server.drain(10_000)
  finish()
  await drained
  expect(server.requestsUnderWay).toBe(0)
  expect(await (await answer).text()).toBe('finished')
})
