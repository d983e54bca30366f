import { expect, test } from 'bun:test'
import { openSynced, startDirect } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { openSmtpServer } from './smtp-server.ts'
import { type Answer, type Person, runServer, startServer } from './start-server.ts'
import { totpAt } from './totp.ts'
import { within } from './within.ts'

/** A word that nothing else says, long enough that chance makes it nowhere. */
const canary = (name: string) => `canary-${name}-${crypto.randomUUID()}`

/** What may be nowhere but where it was sent to. */
function cage() {
  const secrets = new Map<string, string>()
  return {
    keep(name: string, secret: string): string {
      expect(secret.length, name).toBeGreaterThan(5)
      secrets.set(name, secret)
      return secret
    },
    /** The names of those that a text holds; numbers only where they stand alone. */
    flownInto: (text: string): string[] =>
      [...secrets].filter(([, secret]) => isIn(text, secret)).map(([name]) => name),
  }
}

const isIn = (text: string, secret: string) =>
  /^\d+$/.test(secret) ? new RegExp(`(?<!\\d)${secret}(?!\\d)`).test(text) : text.includes(secret)

test('[SAFE7] nothing that is secret is in the log, the metrics or a refusal, at the chattiest level, whatever door it came by', async () => {
  const { keep, flownInto } = cage()
  await using smtp = await openSmtpServer({ authOptional: true, disabledCommands: ['STARTTLS'] })
  await using server = await startServer({
    LOG_LEVEL: 'debug',
    SMTP_URL: smtp.url('smtp'),
    SECRET: keep('SECRET', canary('secret')),
    RATES: 'search=0.01:2',
    OIDC_PROVIDERS: JSON.stringify([
      {
        id: 'acme',
        name: 'Acme',
        // Nobody listens there.
        issuer: 'http://127.0.0.1:9',
        clientId: 'confab',
        clientSecret: keep('client secret', canary('oidc')),
      },
    ]),
  })
  const email = keep('email', `${canary('ann')}@example.com`)
  const other = keep('another email', `${canary('bob')}@example.com`)
  const refusals: string[] = []
  const call = async (...asked: Parameters<typeof server.call>): Promise<Answer> => {
    const answer = await server.call(...asked)
    if (answer.status >= 400) refusals.push(JSON.stringify(answer.body))
    return answer
  }
  const auth = (path: string, body: object, as?: Person) => call(as, `POST /api/auth/${path}`, body)
  const textTo = async (to: string, part: RegExp): Promise<string> => {
    for (let number = 1; ; number++) {
      const { to: sentTo, body } = await smtp.mail(number)
      const plain = body.replace(/=\r?\n/g, '').replaceAll('=3D', '=')
      const found = sentTo.includes(to) ? part.exec(plain)?.[1] : undefined
      if (found !== undefined) return found
    }
  }

  // By code, wrong and right.
  async function signIn(to: string): Promise<Person> {
    await auth('email-otp/send-verification-otp', { email: to, type: 'sign-in' })
    const otp = keep(`code to ${to}`, await textTo(to, /^ {4}(\d{6})\r?$/m))
    await auth('sign-in/email-otp', { email: to, otp: keep('wrong code', 'canary-otp') })
    const { headers, body } = await auth('sign-in/email-otp', { email: to, otp })
    const token = keep(`token of ${to}`, headers.get('set-auth-token') ?? '')
    keep(`its bare token, ${to}`, token.split('.')[0] ?? '')
    const { user } = body as { user: { id: Person['id'] } }
    return { id: user.id, email: to, token }
  }
  const ann = await signIn(email)
  const bob = await signIn(other)

  // By password: forgotten, set, wrong, changed, too short.
  await auth('request-password-reset', { email })
  const resetToken = keep('reset token', await textTo(email, /reset-password#token=(\S+)/))
  const password = keep('password', canary('password'))
  await auth('reset-password', { newPassword: password, token: keep('no token', canary('token')) })
  expect((await auth('reset-password', { newPassword: password, token: resetToken })).status).toBe(200)
  await auth('sign-in/email', { email, password: keep('wrong password', canary('guess')) })
  const again = await auth('sign-in/email', { email, password })
  const annAgain = { ...ann, token: keep('new token', again.headers.get('set-auth-token') ?? '') }
  const newPassword = keep('new password', canary('changed'))
  await auth('change-password', { currentPassword: newPassword, newPassword: password }, annAgain)
  await auth('change-password', { currentPassword: password, newPassword }, annAgain)
  await auth('sign-up/email', { name: 'Eve', email, password: keep('a stranger’s', canary('eve')) })

  // JWT, ticket, second factor, invitation.
  const jwt = (await call(annAgain, 'GET /api/auth/token')).body as { token: string }
  keep('JWT', jwt.token)
  const ticket = (await call(annAgain, 'POST /api/v1/ws/ticket')).body as { ticket: string }
  keep('ticket', ticket.ticket)
  const { totpURI, backupCodes } = (await auth('two-factor/enable', { password: newPassword }, annAgain))
    .body as {
    totpURI: string
    backupCodes: string[]
  }
  keep('TOTP secret', new URL(totpURI).searchParams.get('secret') ?? '')
  for (const [number, code] of backupCodes.entries()) keep(`recovery code ${number}`, code)
  keep('TOTP code', totpAt(totpURI, Date.now()))
  await auth('two-factor/verify-totp', { code: keep('wrong TOTP code', 'canary-totp') }, annAgain)
  const made = await call(ann, 'GET /api/v1/me')
  expect(made.status, 'the reset ended this session').toBe(401)
  const invited = (await call(annAgain, 'POST /api/v1/admin/invitations', {})).body as { token: string }
  keep('invitation', invited.token)
  await call(bob, 'POST /api/v1/invitations/accept', { token: keep('no invitation', canary('invitation')) })
  await auth('sign-in/social', { provider: 'acme', callbackURL: '/' })

  // Texts, by every door, good and refused.
  const text = keep('text', canary('text'))
  const { id } = await startDirect(server, annAgain, bob)
  const messages = `POST /api/v1/conversations/${id}/messages`
  await call(annAgain, messages, { clientId: '1', text })
  await call(annAgain, messages, { clientId: '1', text: keep('other text', canary('other')) })
  await call(annAgain, messages, {
    clientId: '2',
    text: `${keep('long text', canary('long'))}${'x'.repeat(6_000)}`,
  })
  await call(annAgain, `PATCH /api/v1/conversations/${id}/me`, { draft: keep('draft', canary('draft')) })
  await call(annAgain, 'PATCH /api/v1/me', {
    bio: keep('bio', canary('bio')),
    locale: keep('locale', canary('locale')),
  })
  for (let asked = 0; asked < 4; asked++)
    await call(annAgain, `GET /api/v1/users?query=${keep('query', canary('query'))}`)
  await using socket = await openSynced(server, annAgain)
  await socket.call('message.send', { conversationId: id, clientId: '3', text })
  refusals.push(
    JSON.stringify(await socket.refusal('message.send', { conversationId: id, clientId: '4', text: [text] })),
  )
  refusals.push(JSON.stringify(await socket.refusal(keep('no method', canary('method')))))
  socket.send(`{"broken ${keep('broken frame', canary('frame'))}`)
  refusals.push(JSON.stringify(await socket.reply()))

  // What is no credential, and what is broken, wherever one could be.
  const noToken = keep('no session', canary('session'))
  await using unsigned = await openSocket(server)
  unsigned.send(JSON.stringify({ id: 1, method: 'auth', params: { token: noToken } }))
  await within(unsigned.closed, 'the close')
  await using byTicket = await openSocket(server, { ticket: ticket.ticket })
  await byTicket.next('hello')
  await using wrongTicket = await openSocket(server, { ticket: keep('no ticket', canary('ticket')) })
  await within(wrongTicket.closed, 'the close')
  const raw = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${server.url}${path}`, { redirect: 'manual', ...init })
    refusals.push(`${answer.headers.get('location')} ${await answer.text()}`)
  }
  const json = { 'Content-Type': 'application/json' }
  const address = keep('address', '203.0.113.77')
  const headers = {
    Authorization: `Bearer ${noToken}`,
    Cookie: `confab.session_token=${noToken}`,
    'X-Forwarded-For': address,
  }
  await raw('/api/v1/me', { headers })
  await raw(`/api/v1/ws?ticket=${keep('ticket in a query', canary('query-ticket'))}`, { headers })
  await raw(`/api/auth/verify-email?token=${keep('token in a query', canary('query-token'))}&callbackURL=/`)
  await raw(`/api/auth/callback/acme?code=${keep('provider’s code', canary('oidc-code'))}&state=x`)
  await raw('/api/auth/sign-in/email', {
    method: 'POST',
    headers: json,
    body: `{"password":"${keep('broken body', canary('body'))}`,
  })
  await raw('/api/v1/conversations', {
    method: 'POST',
    headers: { ...json, ...headers },
    body: `{${keep('broken REST body', canary('rest'))}`,
  })

  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  await server.stop()
  // The log is at work: it has told of the provider that nobody found, and of the limit that was met.
  expect(server.log()).toContain('a limit was met')
  expect({
    log: flownInto(server.log()),
    said: flownInto(server.said()),
    metrics: flownInto(metrics),
    refusals: flownInto(refusals.join('\n')),
  }).toEqual({ log: [], said: [], metrics: [], refusals: [] })
  expect(refusals.length).toBeGreaterThan(20)
})

test('[SAFE7] nor is a password of an address in the settings, where what is behind it fails', async () => {
  const { keep, flownInto } = cage()
  const gone = await openSmtpServer({})
  await gone[Symbol.asyncDispose]()
  const user = keep('user of the mail server', canary('user'))
  await using server = await startServer({
    LOG_LEVEL: 'debug',
    SMTP_URL: gone.url('smtp', `${user}:${keep('password of the mail server', canary('smtp'))}`),
  })
  const body = { email: 'ann@example.com', type: 'sign-in' }
  await server.call(undefined, 'POST /api/auth/email-otp/send-verification-otp', body)
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  await server.stop()
  expect(flownInto(server.log() + server.said() + metrics)).toEqual([])
})

test.each([
  'DATABASE_URL',
  'REDIS_URL',
  'AMQP_URL',
  'S3_URL',
  'CLAMD_URL',
  'SMTP_URL',
  'OIDC_PROVIDERS',
  'SECRET',
])('[SAFE7] nor is the value of a wrong %s told', async (name) => {
  const { keep, flownInto } = cage()
  // Too short for a secret, too wrong for an address or a list.
  const value =
    name === 'SECRET'
      ? keep('value', 'canary-secret')
      : `ftp://me:${keep('value', canary('password'))}@[broken`
  const { errors, said, status } = await runServer({ LOG_LEVEL: 'debug', [name]: value })
  expect(status).toBe(78)
  expect(errors).toContain(name)
  expect(flownInto(errors + said)).toEqual([])
})
