import { expect, test } from 'bun:test'
import { userId } from '@confab/protocol/ids'
import { z } from 'zod'
import { openSmtpServer, type SmtpServer } from './smtp-server.ts'
import { type Person, startServer, type TestServer } from './start-server.ts'
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

test('[MAIL11] an administrator sees a dead letter, and has it tried again or forgotten; others do not', async () => {
  let refuses = false
  await using smtp = await openSmtpServer({
    ...plain,
    onRcptTo: (_address, _session, done) =>
      done(refuses ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : null),
  })
  await using server = await startServer({ SMTP_URL: smtp.url('smtp') })
  const ann = await signInByMail(server, smtp, 'ann@example.com')
  const bob = await signInByMail(server, smtp, 'bob@example.com')
  refuses = true
  await askForCode(server, 'cid@example.com')
  await askForCode(server, 'dan@example.com')
  const path = '/api/v1/admin/dead-letters'
  await within(
    (async () => {
      while ((await metric(server, 'confab_jobs_dead')) !== '2');
    })(),
    'two dead letters',
  )
  expect((await server.call(bob, `GET ${path}`)).status).toBe(403)
  const page = z.object({ items: z.array(z.looseObject({ id: z.string() })), next: z.string().nullable() })
  const first = page.parse((await server.call(ann, `GET ${path}?limit=1`)).body)
  const second = page.parse((await server.call(ann, `GET ${path}?limit=1&cursor=${first.next}`)).body)
  expect(first.items[0]).toMatchObject({ kind: 'mail', attempts: 1 })
  expect(second.next).toBeNull()
  const [one, other] = [first.items[0]?.id, second.items[0]?.id]
  expect((await server.call(bob, `POST ${path}/${one}/retry`)).status).toBe(403)
  refuses = false
  const before = smtp.received.length
  expect((await server.call(ann, `POST ${path}/${one}/retry`)).status).toBe(204)
  await smtp.mail(before + 1)
  expect((await server.call(ann, `POST ${path}/${one}/retry`)).status).toBe(404)
  expect((await server.call(ann, `DELETE ${path}/${other}`)).status).toBe(204)
  expect((await server.call(ann, `DELETE ${path}/${other}`)).status).toBe(404)
  expect((await server.call(ann, `GET ${path}`)).body).toEqual({ items: [], next: null })
})

/** As a person, by the code that came by mail. */
async function signInByMail(server: TestServer, smtp: SmtpServer, email: string): Promise<Person> {
  const before = smtp.received.length
  await askForCode(server, email)
  const mails = await Promise.all([smtp.mail(before + 1)])
  const otp = codeIn(mails.find(({ to }) => to.includes(email))?.body ?? '')
  const answer = await server.call(undefined, 'POST /api/auth/sign-in/email-otp', { email, otp })
  const { token, user } = z.object({ token: z.string(), user: z.object({ id: userId }) }).parse(answer.body)
  return { id: user.id, email, token }
}

async function metric(server: TestServer, name: string): Promise<string | undefined> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]
}
