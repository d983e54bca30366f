import { expect, test } from 'bun:test'
import { openSocket } from './raw-socket.ts'
import { startServer, type TestServer } from './start-server.ts'

const home = 'https://chat.example.org'
const json = { 'Content-Type': 'application/json' }

/**
 * As a proxy passes it on: the connection is plain and local, the host and the origin are the public ones.
 */
const forwarded = { Host: 'chat.example.org', 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Proto': 'https' }

async function signInThere(server: TestServer) {
  const post = (route: string, fields: object) =>
    fetch(`${server.url}/api/auth/${route}`, {
      method: 'POST',
      headers: { ...json, ...forwarded, Origin: home },
      body: JSON.stringify(fields),
    })
  await post('email-otp/send-verification-otp', { email: 'ada@example.com', type: 'sign-in' })
  const answer = await post('sign-in/email-otp', { email: 'ada@example.com', otp: await codeInLog(server) })
  return answer.headers.getSetCookie()
}

async function codeInLog(server: TestServer): Promise<string> {
  for (;;) {
    const code = /"text":"[^"]*\b(\d{6})\b/.exec(server.log())?.[1]
    if (code) return code
    await new Promise(setImmediate)
  }
}

test('[RUN19] [SAFE5] behind a proxy with https: a Secure cookie signs in, over REST and on sockets', async () => {
  await using server = await startServer({ PUBLIC_URL: home })
  const cookies = await signInThere(server)
  const session = cookies.find((cookie) => cookie.includes('session_token')) ?? ''
  expect(session).toMatch(/; Secure/i)
  for (const one of cookies.filter((each) => !/max-age=0/i.test(each)))
    expect(one).toMatch(/^__Host-(?!.*Domain=)[^;]+;.* Path=\/;.*; Secure/i)
  const cookie = session.split(';')[0] ?? ''

  const me = await fetch(`${server.url}/api/v1/me`, { headers: { ...forwarded, Cookie: cookie } })
  expect(await me.json()).toMatchObject({ email: 'ada@example.com' })
  await using socket = await openSocket(server, { cookie, origin: home })
  await socket.next('hello')
  await using foreign = await openSocket(server, { cookie, origin: server.url })
  expect(await foreign.closed).toMatchObject({ code: 4403 })
})

test('[RUN19] behind a proxy the preview inbox is hidden, and codes are in the log', async () => {
  await using server = await startServer({ PUBLIC_URL: home })
  expect(await signInThere(server)).not.toEqual([])
  for (const path of ['/api/dev/mail', '/dev/mail']) {
    for (const headers of [{}, forwarded]) {
      expect((await fetch(`${server.url}${path}`, { headers })).status).toBe(404)
    }
  }
})
