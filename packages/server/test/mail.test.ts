import { expect, test } from 'bun:test'
import { openSmtpServer } from './smtp-server.ts'
import { startServer, type TestServer } from './start-server.ts'
import { within } from './within.ts'

const plain = { authOptional: true, disabledCommands: ['STARTTLS'] as string[] }

const askForCode = (server: TestServer, email: string) =>
  server.call(undefined, 'POST /api/auth/email-otp/send-verification-otp', { email, type: 'sign-in' })

const codeIn = (body: string) => /^ {4}(\d{6})\r?$/m.exec(body)?.[1]

test('[MAIL8] with SMTP_URL a code comes by mail, and neither the inbox nor the log has it', async () => {
  await using smtp = await openSmtpServer(plain)
  await using server = await startServer({ SMTP_URL: smtp.url('smtp'), MAIL_FROM: 'Chat <chat@example.org>' })
  expect((await askForCode(server, 'ann@example.com')).status).toBe(200)
  const { from, to, body } = await smtp.mail(1)
  expect([from, to]).toEqual(['chat@example.org', ['ann@example.com']])
  const otp = codeIn(body)
  expect(otp).toMatch(/^\d{6}$/)
  const signedIn = await server.call(undefined, 'POST /api/auth/sign-in/email-otp', {
    email: 'ann@example.com',
    otp,
  })
  expect(signedIn.status).toBe(200)
  expect((await server.call(undefined, 'GET /api/dev/mail?to=ann@example.com')).status).toBe(404)
  expect(server.log()).not.toContain(otp ?? 'a code')
  expect(server.said()).toContain(`  mail  by localhost:${smtp.port}\n`)
})

test('[MAIL9] a dead mail server holds up nobody; the mail goes out when it is back, after a restart too', async () => {
  const gone = await openSmtpServer(plain)
  await gone[Symbol.asyncDispose]()
  const settings = { SMTP_URL: gone.url('smtp'), SECRET: 'a secret of at least 32 characters' }
  const first = await startServer(settings)
  expect((await askForCode(first, 'ann@example.com')).status).toBe(200)
  expect((await first.call(undefined, 'GET /readyz')).status).toBe(200)
  expect(await metric(first, 'confab_jobs_waiting')).toBe('1')
  await first.stop('SIGKILL')
  await using smtp = await openSmtpServer(plain, gone.port)
  await using _ = await startServer(settings, { dataDir: first.dataDir })
  expect(codeIn((await smtp.mail(1)).body)).toMatch(/^\d{6}$/)
})

test('[MAIL10] an address that the mail server refuses makes a dead letter, and the next mail goes out', async () => {
  await using smtp = await openSmtpServer({
    ...plain,
    onRcptTo: ({ address }, _session, done) =>
      done(
        address.startsWith('nobody')
          ? Object.assign(new Error('no such mailbox'), { responseCode: 550 })
          : null,
      ),
  })
  await using server = await startServer({ SMTP_URL: smtp.url('smtp') })
  await askForCode(server, 'nobody@example.com')
  await askForCode(server, 'ann@example.com')
  await within(
    (async () => {
      while ((await metric(server, 'confab_jobs_waiting')) !== '0');
    })(),
    'an empty queue',
  )
  expect(smtp.received.map(({ to }) => to)).toEqual([['ann@example.com']])
  expect(await metric(server, 'confab_jobs_dead')).toBe('1')
})

async function metric(server: TestServer, name: string): Promise<string | undefined> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]
}
