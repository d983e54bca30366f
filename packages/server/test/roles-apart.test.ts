import { describe, expect, test } from 'bun:test'
import { userId } from '@confab/protocol/ids'
import { z } from 'zod'
import { testRedisUrl, testUrl } from '../src/drivers/redis/test-redis.ts'
import { createTestDatabase, testPostgresUrl } from '../src/drivers/sql/postgres/test-database.ts'
import { doCall, openSynced, startDirect } from './people.ts'
import { openSmtpServer, type SmtpServer } from './smtp-server.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'

const amqpUrl = process.env.TEST_AMQP_URL
const hasEngines = ![testPostgresUrl, testRedisUrl, amqpUrl].includes(undefined)

/** An installation of five processes, each with a role of its own, on all engines. */
async function startApart() {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase())
  const smtp = stack.use(await openSmtpServer({ authOptional: true, disabledCommands: ['STARTTLS'] }))
  const settings = {
    SECRET: crypto.randomUUID(),
    DATABASE_URL: database.url,
    REDIS_URL: testUrl(),
    AMQP_URL: amqpUrl ?? '',
    SMTP_URL: smtp.url('smtp'),
    // One address for all, as a proxy before them has.
    PUBLIC_URL: 'http://localhost:9',
    RATE_LIMITS: 'off',
  }
  const start = async (roles: string) => stack.use(await startServer({ ...settings, ROLES: roles }))
  const accounts = await start('accounts')
  const chat = await start('chat')
  const gateway = await start('gateway')
  const mail = await start('mail')
  const worker = await start('worker')
  return {
    accounts,
    chat,
    gateway,
    mail,
    worker,
    smtp,
    start,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

describe.skipIf(!hasEngines)('roles apart', () => {
  test('[RUN27] each role alone starts, says how it is, and has its own doors and no others', async () => {
    await using apart = await startApart()
    const { accounts, chat, gateway, mail, worker } = apart
    const doors = ['/api/v1/me', '/api/auth/get-session', '/api/v1/conversations', '/api/v1/ws']
    const answersOf = async (server: TestServer) => {
      const status = async (path: string) => (await server.call(undefined, `GET ${path}`)).status
      return Promise.all(doors.map(status))
    }
    expect({
      accounts: await answersOf(accounts),
      chat: await answersOf(chat),
      gateway: await answersOf(gateway),
      mail: await answersOf(mail),
      worker: await answersOf(worker),
    }).toEqual({
      accounts: [401, 200, 404, 404],
      chat: [404, 404, 401, 404],
      gateway: [404, 404, 404, 426],
      mail: [404, 404, 404, 404],
      worker: [404, 404, 404, 404],
    })
    for (const server of [accounts, chat, gateway, mail, worker]) {
      expect((await server.call(undefined, 'GET /healthz')).body).toEqual({ status: 'ok' })
      expect((await server.call(undefined, 'GET /readyz')).body).toMatchObject({ status: 'ok', down: [] })
      const metrics = await (await fetch(`${server.url}/metrics`)).text()
      expect(metrics).toContain('\nconfab_jobs_waiting 0\n')
      expect(metrics.includes('\nconfab_connections ')).toBe(server === gateway)
    }
  }, 60_000)

  test('[RUN28] they work together; chat and sockets go on while accounts and mail are down', async () => {
    await using apart = await startApart()
    const { accounts, chat, gateway, mail, smtp } = apart
    const ann = await signInByMail(accounts, smtp, 'ann@example.com')
    const bob = await signInByMail(accounts, smtp, 'bob@example.com')
    const { id: conversationId } = await startDirect(chat, ann, bob)
    await using anns = await openSynced(gateway, ann)
    const says = async (text: string) => {
      const path = `POST /api/v1/conversations/${conversationId}/messages`
      await doCall(chat, bob, path, { clientId: text, text })
      await anns.next('event', ({ data }) => 'message' in data && data.message.text === text)
    }
    await says('before')

    await doCall(accounts, ann, 'POST /api/v1/me/export')
    const ready = await smtp.mail(3)
    expect(ready.to).toEqual(['ann@example.com'])

    await mail.stop('SIGKILL')
    await doCall(accounts, bob, 'POST /api/v1/me/export')
    await accounts.stop('SIGKILL')
    await says('meanwhile')
    await using bobs = await openSynced(gateway, bob)
    await bobs.call('message.send', { conversationId, clientId: 'socket', text: 'by socket' })
    await anns.next('event', ({ data }) => 'message' in data && data.message.text === 'by socket')
    for (const server of [chat, gateway])
      expect((await server.call(undefined, 'GET /readyz')).body).toEqual({ status: 'ok', down: [] })

    await apart.start('mail')
    expect((await smtp.mail(4)).to).toEqual(['bob@example.com'])
    const again = await apart.start('accounts')
    expect((await again.call(ann, 'GET /api/v1/me')).status).toBe(200)
  }, 90_000)
})

/** As a person, by the code that the mail process has sent. */
async function signInByMail(accounts: TestServer, smtp: SmtpServer, email: string): Promise<Person> {
  const before = smtp.received.length
  const ask = { email, type: 'sign-in' }
  await accounts.call(undefined, 'POST /api/auth/email-otp/send-verification-otp', ask)
  const otp = /^ {4}(\d{6})\r?$/m.exec((await smtp.mail(before + 1)).body)?.[1]
  const answer = await accounts.call(undefined, 'POST /api/auth/sign-in/email-otp', { email, otp })
  const { token, user } = z.object({ token: z.string(), user: z.object({ id: userId }) }).parse(answer.body)
  return { id: user.id, email, token }
}
