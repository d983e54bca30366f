import { expect, test } from 'bun:test'
import type { SMTPServerOptions } from 'smtp-server'
import { openSmtpServer } from '../../../test/smtp-server.ts'
import { MailRefused } from '../../ports/mailer.ts'
import { openSmtpMailer } from './mailer.ts'
import { testCertificate } from './test-certificate.ts'

const mail = { to: 'ann@example.com', subject: 'Grüße ✓', text: 'Text', html: '<p>HTML</p>', id: 'job-1' }
const connections = 2

test('[SMTP1] a mail arrives whole, text and HTML, under an id of its own', async () => {
  await using server = await openSmtpServer({ authOptional: true, disabledCommands: ['STARTTLS'] })
  await using mailer = openSmtpMailer({
    url: server.url('smtp'),
    from: 'Confab <chat@example.org>',
    connections,
  })
  await mailer.send(mail)
  const [received] = server.received
  expect([received?.from, received?.to]).toEqual(['chat@example.org', ['ann@example.com']])
  expect(received?.body).toContain('From: Confab <chat@example.org>')
  expect(received?.body).toContain('To: ann@example.com')
  expect(received?.body).toContain('Message-ID: <job-1@example.org>')
  expect(received?.body).toContain('Auto-Submitted: auto-generated')
  expect(received?.body).toMatch(/text\/plain[\s\S]*Text[\s\S]*text\/html[\s\S]*<p>HTML<\/p>/)
})

test('[SMTP1] an address with a comma or a line break stays one recipient', async () => {
  await using server = await openSmtpServer({ authOptional: true, disabledCommands: ['STARTTLS'] })
  await using mailer = openSmtpMailer({ url: server.url('smtp'), from: 'chat@example.org', connections })
  for (const to of ['a@example.com,b@example.com', 'a@example.com\r\nRCPT TO:<b@example.com>'])
    await mailer.send({ ...mail, to }).catch(() => undefined)
  expect(server.received.flatMap(({ to }) => to).filter((to) => to === 'b@example.com')).toEqual([])
})

test('[SMTP2] with a password STARTTLS is insisted on, with a valid certificate', async () => {
  const authorized: SMTPServerOptions = {
    onAuth: ({ username, password }, _session, done) =>
      username === 'me@example.org' && password === 'p:w d'
        ? done(null, { user: username })
        : done(new Error('no')),
  }
  const credentials = 'me%40example.org:p%3Aw%20d'
  const settings = { from: 'chat@example.org', connections, ca: testCertificate.cert }
  {
    await using server = await openSmtpServer({ ...authorized, ...testCertificate })
    await using mailer = openSmtpMailer({ url: server.url('smtp', credentials), ...settings })
    await mailer.send(mail)
    expect(server.received.map(({ secure }) => secure)).toEqual([true])
    await using careful = openSmtpMailer({ ...settings, url: server.url('smtp', credentials), ca: undefined })
    await expect(careful.send(mail)).rejects.toThrow('the mail server did not take a mail')
    await using wrong = openSmtpMailer({ ...settings, url: server.url('smtp', 'me%40example.org:x') })
    // A wrong password is the settings' fault: the mail is to be tried again.
    const failure = await wrong.send(mail).catch((cause: unknown) => cause)
    expect(failure).not.toBeInstanceOf(MailRefused)
    expect(server.received).toHaveLength(1)
  }
  await using bare = await openSmtpServer({
    ...authorized,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
  })
  await using mailer = openSmtpMailer({ url: bare.url('smtp', credentials), ...settings })
  await expect(mailer.send(mail)).rejects.toThrow('the mail server did not take a mail')
  expect(bare.received).toEqual([])
})

test('[SMTP2] smtps speaks TLS from the first byte', async () => {
  await using server = await openSmtpServer({ ...testCertificate, secure: true, authOptional: true })
  const settings = { from: 'chat@example.org', connections, ca: testCertificate.cert }
  await using mailer = openSmtpMailer({ url: server.url('smtps'), ...settings })
  await mailer.send(mail)
  expect(server.received.map(({ secure }) => secure)).toEqual([true])
})

test('[SMTP3] an address that is refused for good is told apart from a server that is unwell', async () => {
  let code = 550
  await using server = await openSmtpServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, done) =>
      done(code === 0 ? null : Object.assign(new Error('no'), { responseCode: code })),
  })
  await using mailer = openSmtpMailer({ url: server.url('smtp'), from: 'chat@example.org', connections })
  const failure = () => mailer.send(mail).catch((cause: unknown) => cause)
  expect(await failure()).toBeInstanceOf(MailRefused)
  code = 451
  expect(await failure()).not.toBeInstanceOf(MailRefused)
  code = 0
  expect(await failure()).toBeUndefined()
  expect(server.received).toHaveLength(1)
})

test('[SMTP3] a server that is away fails the try, and is found again when it is back', async () => {
  const options = { authOptional: true, disabledCommands: ['STARTTLS'] } satisfies SMTPServerOptions
  const first = await openSmtpServer(options)
  await using mailer = openSmtpMailer({ url: first.url('smtp'), from: 'chat@example.org', connections })
  await mailer.send(mail)
  await first[Symbol.asyncDispose]()
  await expect(mailer.send(mail)).rejects.toThrow('the mail server did not take a mail')
  await using second = await openSmtpServer(options, first.port)
  await mailer.send(mail)
  expect([first.received.length, second.received.length]).toEqual([1, 1])
})
