import { describe, expect, test } from 'bun:test'
import { createHmac, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { Identity } from './identity.ts'
import type { Mail } from './mailer.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

export interface IdentityUnderTest extends AsyncDisposable {
  identity: Identity
  publicUrl: string
  /** What has been sent, the oldest first. */
  mails: readonly Mail[]
  /** Whom the rest of the system was told of, in order. While `refuse` is true, telling it fails. */
  created: { id: string; name: string; handle: string }[]
  refuse: boolean
  /** While true, no mail can be sent. */
  mute: boolean
  /** Moves the time of day on. */
  advance(ms: number): void
}

type Open = (settings?: { publicUrl?: string }) => Promise<IdentityUnderTest>

export function identityContract(open: Open): void {
  describe('signing in by code', () => {
    test('[AUTH1] a code creates the account on first use, and opens the same one from then on', async () => {
      await using used = await open()
      const first = await signIn(used, 'ann@example.com')
      const second = await signIn(used, 'ann@example.com')
      const other = await signIn(used, 'bob@example.com')
      expect(second.userId).toBe(first.userId)
      expect(other.userId).not.toBe(first.userId)
      expect(first.userId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/)
      expect(await used.identity.emailOf(first.userId)).toBe('ann@example.com')
      expect(await used.identity.userOf('Ann@example.com')).toBe(first.userId)
      expect(await used.identity.userOf('eve@example.com')).toBeUndefined()
    })

    test('[AUTH2] a code has six digits and works once', async () => {
      await using used = await open()
      const code = await sendCode(used, 'ann@example.com')
      expect(code).toMatch(/^\d{6}$/)
      expect((await enter(used, 'ann@example.com', code)).status).toBe(200)
      expect((await enter(used, 'ann@example.com', code)).status).toBe(400)
    })

    test('[AUTH2] a newer code replaces an older one', async () => {
      await using used = await open()
      const older = await sendCode(used, 'ann@example.com')
      const newer = await sendCode(used, 'ann@example.com')
      if (older !== newer) expect((await enter(used, 'ann@example.com', older)).status).toBe(400)
      expect((await enter(used, 'ann@example.com', newer)).status).toBe(200)
    })

    test('[AUTH2] a code is worth nothing for another address', async () => {
      await using used = await open()
      const code = await sendCode(used, 'ann@example.com')
      await sendCode(used, 'bob@example.com')
      expect((await enter(used, 'bob@example.com', otherThan(code))).status).toBe(400)
      expect((await enter(used, 'carl@example.com', code)).status).toBe(400)
      expect((await enter(used, 'ann@example.com', code)).status).toBe(200)
    })

    test('[AUTH3] four wrong tries leave the code good, five end it', async () => {
      await using used = await open()
      const tryWrongly = async (times: number) => {
        const code = await sendCode(used, 'ann@example.com')
        for (let tried = 0; tried < times; tried++) {
          expect((await enter(used, 'ann@example.com', otherThan(code))).status).toBe(400)
        }
        return enter(used, 'ann@example.com', code)
      }
      expect((await tryWrongly(4)).status).toBe(200)
      expect((await tryWrongly(5)).status).toBe(403)
      expect((await tryWrongly(0)).status).toBe(200)
    })

    test('[AUTH4] a code is good for five minutes', async () => {
      await using used = await open()
      const early = await sendCode(used, 'ann@example.com')
      used.advance(5 * minuteMs - 1_000)
      expect((await enter(used, 'ann@example.com', early)).status).toBe(200)
      const late = await sendCode(used, 'ann@example.com')
      used.advance(5 * minuteMs + 1_000)
      expect((await enter(used, 'ann@example.com', late)).status).toBe(400)
    })

    test('[AUTH5] capitals make no other account', async () => {
      await using used = await open()
      const small = await signIn(used, 'ann@example.com')
      const code = await sendCode(used, 'ANN@Example.COM')
      const answer = await enter(used, 'Ann@EXAMPLE.com', code)
      expect((await answer.json()).user).toMatchObject({ id: small.userId, email: 'ann@example.com' })
      expect(used.mails.map(({ to }) => to)).toEqual(['ann@example.com', 'ann@example.com'])
    })

    test('[AUTH6] a code is sent, and a wrong one refused, alike for a known and an unknown address', async () => {
      await using used = await open()
      await signIn(used, 'ann@example.com')
      const answers = async (email: string) => {
        const sent = await post(used, 'email-otp/send-verification-otp', { email, type: 'sign-in' })
        const refused = await enter(used, email, 'x')
        return [sent.status, await sent.json(), refused.status, await refused.json()]
      }
      expect(await answers('ann@example.com')).toEqual(await answers('stranger@example.com'))
    })

    test('[AUTH6] what is no address is refused, whatever it is', async () => {
      await using used = await open()
      for (const email of ['', 'ann', 'ann@', `${'a'.repeat(300)}@example.com`, 7, null, ['a@example.com']]) {
        const answer = await post(used, 'email-otp/send-verification-otp', { email, type: 'sign-in' })
        expect(answer.status).toBe(400)
      }
      expect(used.mails).toEqual([])
    })

    test('[AUTH7] a new person begins with a name and a handle', async () => {
      await using used = await open()
      await signIn(used, 'ann.lee+chat@example.com')
      await signIn(used, 'x@example.com')
      await signIn(used, 'bob@example.com', { name: ' Bob the Builder ' })
      await signIn(used, 'eve@example.com', { name: 'x'.repeat(101) })
      expect(used.created.map(({ name, handle }) => [name, handle])).toEqual([
        ['Ann Lee', 'ann.lee'],
        ['X', 'x'],
        ['Bob the Builder', 'bob'],
        ['Eve', 'eve'],
      ])
    })

    test('[AUTH8] who can not be made known is not signed in; the next sign-in mends it', async () => {
      await using used = await open()
      used.refuse = true
      const code = await sendCode(used, 'ann@example.com')
      await expect(enter(used, 'ann@example.com', code)).rejects.toThrow()
      expect(used.created).toEqual([])
      used.refuse = false
      const { userId } = await signIn(used, 'ann@example.com')
      expect(used.created.map(({ id }) => id)).toEqual([userId])
    })
  })

  test('[AUTH21] where the mail can not be sent the answer says so', async () => {
    await using used = await open()
    const ask = () =>
      post(used, 'email-otp/send-verification-otp', { email: 'ann@example.com', type: 'sign-in' })
    used.mute = true
    expect(await ask().catch((refusal) => refusal)).toMatchObject({
      code: 'overloaded',
      retryAfterMs: expect.any(Number),
    })
    used.mute = false
    expect((await ask()).status).toBe(200)
  })

  describe('sessions and tokens', () => {
    test('[AUTH10] session token, signed token, cookie and JWT say the same session', async () => {
      await using used = await open()
      const { identity } = used
      const ann = await signIn(used, 'ann@example.com')
      const session = await identity.verify(ann.token)
      expect(session).toMatchObject({ userId: ann.userId })
      expect(await identity.verify(ann.signedToken)).toEqual(session)
      expect(await identity.verify(ann.jwt)).toEqual(session)
      expect(await identity.verify(ann.jwt)).toEqual(session)
      expect(await identity.authenticate(new Headers({ Cookie: `a=b; ${ann.cookie}; c=d` }))).toEqual(session)
      expect(await identity.authenticate(new Headers({ Authorization: `Bearer ${ann.jwt}` }))).toEqual(
        session,
      )
    })

    test('[AUTH11] the cookie is out of reach of scripts and foreign pages, and Secure under https', async () => {
      await using plain = await open()
      expect((await signIn(plain, 'ann@example.com')).setCookie).toMatch(/; HttpOnly; SameSite=Lax$/i)
      await using secure = await open({ publicUrl: 'https://chat.example.com' })
      const { setCookie } = await signIn(secure, 'ann@example.com')
      expect(setCookie).toMatch(/^__Host-/)
      expect(setCookie).toMatch(/; Path=\/; .*; Secure/i)
    })

    test('[AUTH12] a JWT says whom, for whom and how long, and verifies by the published keys', async () => {
      await using used = await open()
      const { jwt, userId, token } = await signIn(used, 'ann@example.com')
      const [head = '', body = '', signature = ''] = jwt.split('.')
      const header = decode(head)
      const claims = decode(body)
      expect(claims).toEqual({
        iss: used.publicUrl,
        aud: used.publicUrl,
        sub: userId,
        sid: (await used.identity.verify(token))?.sessionId,
        iat: expect.any(Number),
        exp: claims.iat + 15 * 60,
      })
      const { keys } = await (await get(used, 'jwks')).json()
      const key = keys.find(({ kid }: { kid: string }) => kid === header.kid)
      const publicKey = createPublicKey({ key, format: 'jwk' })
      expect(
        verify(null, Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url')),
      ).toBe(true)
      expect(JSON.stringify(keys)).not.toContain('"d":')
    })

    test('[AUTH13] no forged token says anybody, in whatever way it is forged', async () => {
      await using used = await open()
      const { jwt, token, signedToken } = await signIn(used, 'ann@example.com')
      const [head = '', body = '', signature = ''] = jwt.split('.')
      const header = decode(head)
      const claims = decode(body)
      const stranger = generateKeyPairSync('ed25519')
      const byStrangersKey = (over: object) => {
        const text = `${encode({ ...header, ...over })}.${body}`
        return `${text}.${sign(null, Buffer.from(text), stranger.privateKey).toString('base64url')}`
      }
      const { keys } = await (await get(used, 'jwks')).json()
      const withPublicKeyAsSecret = () => {
        const text = `${encode({ ...header, alg: 'HS256' })}.${body}`
        const mac = createHmac('sha256', Buffer.from(keys[0].x, 'base64url')).update(text)
        return `${text}.${mac.digest('base64url')}`
      }
      const forged = {
        'alg none': `${encode({ ...header, alg: 'none' })}.${body}.`,
        'alg none, signature kept': `${encode({ ...header, alg: 'none' })}.${body}.${signature}`,
        'another key': byStrangersKey({}),
        'another key, by another name': byStrangersKey({ kid: 'other' }),
        'a key of its own in the header': byStrangersKey({
          jwk: stranger.publicKey.export({ format: 'jwk' }),
        }),
        'the public key as a secret': withPublicKeyAsSecret(),
        'another subject': `${head}.${encode({ ...claims, sub: crypto.randomUUID() })}.${signature}`,
        'a longer life': `${head}.${encode({ ...claims, exp: claims.exp + 1 })}.${signature}`,
        'no signature': `${head}.${body}.`,
        'a signed token, altered': `${token}.${Buffer.alloc(32).toString('base64')}`,
        'a signed token, cut': signedToken.slice(0, -4),
        'another token, with its signature': `${token}x.${signedToken.split('.')[1]}`,
        'bad percent signs': `${token}.%E0%A4%A`,
        'the session id': String(claims.sid),
        nothing: '',
        dots: '..',
        'more dots': 'a.b.c.d',
        'not base64': '!.?.#',
        null: '\0',
        quotes: "' OR 1=1 --",
        'very long': 'x'.repeat(1_000_000),
        'very long JWT': `${'x'.repeat(500_000)}.${body}.${signature}`,
      }
      for (const [way, said] of Object.entries(forged)) {
        expect([way, await used.identity.verify(said)]).toEqual([way, undefined])
      }
      expect(await used.identity.verify(jwt)).toBeDefined()
    })

    test('[AUTH13] a header that is no bearer token, and a bare token as a cookie, say nobody', async () => {
      await using used = await open()
      const { token, cookie } = await signIn(used, 'ann@example.com')
      const said = (headers: Record<string, string>) => used.identity.authenticate(new Headers(headers))
      const name = cookie.split('=')[0]
      expect(await said({ Cookie: cookie })).toBeDefined()
      expect(await said({})).toBeUndefined()
      expect(await said({ Cookie: `${name}=${token}` })).toBeUndefined()
      expect(await said({ Cookie: `x${cookie}` })).toBeUndefined()
      expect(await said({ Authorization: `Basic ${token}` })).toBeUndefined()
      expect(await said({ Authorization: 'Bearer' })).toBeUndefined()
      expect(await said({ Authorization: 'Bearer forged', Cookie: cookie })).toBeUndefined()
    })

    test('[AUTH13] a JWT for another installation, or past its 15 minutes, says nobody', async () => {
      await using used = await open()
      await using foreign = await open({ publicUrl: 'http://other.localhost:1' })
      const ann = await signIn(used, 'ann@example.com')
      const stranger = await signIn(foreign, 'ann@example.com')
      expect(await used.identity.verify(stranger.jwt)).toBeUndefined()
      used.advance(14 * minuteMs)
      expect(await used.identity.verify(ann.jwt)).toBeDefined()
      used.advance(2 * minuteMs)
      expect(await used.identity.verify(ann.jwt)).toBeUndefined()
      expect(await used.identity.verify(ann.token)).toBeDefined()
    })

    test('[AUTH14] signing out ends token, cookie and JWT at once, and tells who listens', async () => {
      await using used = await open()
      const ann = await signIn(used, 'ann@example.com')
      const other = await signIn(used, 'ann@example.com')
      const session = await used.identity.verify(ann.jwt)
      const ended: unknown[] = []
      const stop = used.identity.onSessionEnded((one) => ended.push(one))
      expect((await post(used, 'sign-out', {}, { Authorization: `Bearer ${ann.token}` })).status).toBe(200)
      expect(ended).toEqual([{ userId: ann.userId, sessionId: session?.sessionId }])
      for (const token of [ann.token, ann.signedToken, ann.jwt]) {
        expect(await used.identity.verify(token)).toBeUndefined()
      }
      expect(await used.identity.authenticate(new Headers({ Cookie: ann.cookie }))).toBeUndefined()
      expect(await used.identity.verify(other.token)).toBeDefined()
      stop()
      await post(used, 'sign-out', {}, { Authorization: `Bearer ${other.token}` })
      expect(ended).toHaveLength(1)
    })

    test('[AUTH15] a session is revoked from another one of the same person, and only by them', async () => {
      await using used = await open()
      const [phone, desk] = [await signIn(used, 'ann@example.com'), await signIn(used, 'ann@example.com')]
      const bob = await signIn(used, 'bob@example.com')
      const ended: unknown[] = []
      used.identity.onSessionEnded(({ sessionId }) => ended.push(sessionId))
      const phoneSession = await used.identity.verify(phone.jwt)
      const list = await get(used, 'list-sessions', { Authorization: `Bearer ${desk.token}` })
      expect((await list.json()).map(({ token }: { token: string }) => token).sort()).toEqual(
        [phone.token, desk.token].sort(),
      )
      const revoke = (by: string) =>
        post(used, 'revoke-session', { token: phone.token }, { Authorization: `Bearer ${by}` })
      await revoke(bob.token)
      expect(await used.identity.verify(phone.jwt)).toEqual(phoneSession)
      const deskSession = await used.identity.verify(desk.token)
      const both = [phoneSession, deskSession].flatMap((session) => (session ? [session.sessionId] : []))
      expect(await used.identity.living(both)).toEqual(new Set(both))
      expect((await revoke(desk.token)).status).toBe(200)
      expect(await used.identity.living(both)).toEqual(new Set(both.slice(1)))
      expect(await used.identity.verify(phone.jwt)).toBeUndefined()
      expect(await used.identity.verify(phone.token)).toBeUndefined()
      expect(await used.identity.verify(desk.token)).toBeDefined()
      expect(ended).toEqual([phoneSession?.sessionId])
    })

    test('[AUTH16] a session ends seven days after its last use', async () => {
      await using used = await open()
      const { token, cookie } = await signIn(used, 'ann@example.com')
      const alive = async () => (await used.identity.verify(token)) !== undefined
      used.advance(6 * dayMs)
      expect(await alive()).toBe(true)
      used.advance(7 * dayMs - minuteMs)
      expect(await alive()).toBe(true)
      used.advance(7 * dayMs + minuteMs)
      expect(await alive()).toBe(false)
      expect(await used.identity.authenticate(new Headers({ Cookie: cookie }))).toBeUndefined()
    })

    test('[AUTH28] a session ends after its longest life, however often it is used: token, cookie and JWT', async () => {
      await using used = await open()
      const { token, cookie } = await signIn(used, 'ann@example.com')
      const headers = new Headers({ Cookie: cookie })
      const get = (path: string) =>
        used.identity.handle(new Request(`${used.publicUrl}/api/auth/${path}`, { headers }))
      const ended: unknown[] = []
      used.identity.onSessionEnded(({ sessionId }) => ended.push(sessionId))
      const first = await used.identity.verify(token)
      for (let days = 6; days < 30; days += 6) {
        used.advance(6 * dayMs)
        expect(await used.identity.authenticate(headers)).toBeDefined()
      }
      used.advance(6 * dayMs - 2 * minuteMs)
      const late = await used.identity.verify(token)
      // Its beginning and its end are written a moment apart.
      const addedMs = (late?.expiresAt ?? 0) - (first?.expiresAt ?? 0)
      expect(Math.abs(addedMs - 23 * dayMs)).toBeLessThan(minuteMs)
      const jwt = (await (await get('token')).json()).token
      expect(await used.identity.verify(jwt)).toBeDefined()
      used.advance(3 * minuteMs)
      for (const one of [token, jwt]) expect(await used.identity.verify(one)).toBeUndefined()
      expect(await used.identity.authenticate(headers)).toBeUndefined()
      expect(await (await get('get-session')).json()).toBeNull()
      expect((await get('token')).status).toBe(401)
      expect(ended).toEqual([first?.sessionId])
    })

    test('[TOTP8] who has no second factor has none that could be taken away', async () => {
      await using used = await open()
      const { userId } = await signIn(used, 'ann@example.com')
      expect(await used.identity.withSecondFactor([userId])).toEqual(new Set())
      expect(await used.identity.removeSecondFactor(userId, { by: 'administrator' })).toBe(false)
    })

    test('[AUTH17] an erased account has no session, no address, and begins anew', async () => {
      await using used = await open()
      const ann = await signIn(used, 'ann@example.com')
      const bob = await signIn(used, 'bob@example.com')
      const ended: unknown[] = []
      used.identity.onSessionEnded(({ userId }) => ended.push(userId))
      await used.identity.erase(ann.userId)
      expect(ended).toEqual([ann.userId])
      expect(await used.identity.verify(ann.jwt)).toBeUndefined()
      expect(await used.identity.emailOf(ann.userId)).toBeUndefined()
      expect(await used.identity.verify(bob.token)).toBeDefined()
      expect((await signIn(used, 'ann@example.com')).userId).not.toBe(ann.userId)
      await used.identity.erase(ann.userId)
    })

    test('[AUTH18] a page of a foreign origin can not sign out with the cookie; a page of home can', async () => {
      await using used = await open()
      const { cookie, token } = await signIn(used, 'ann@example.com')
      const signOut = (origin: string) => post(used, 'sign-out', {}, { Cookie: cookie, Origin: origin })
      expect((await signOut('https://evil.example')).status).toBe(403)
      expect(await used.identity.verify(token)).toBeDefined()
      expect((await signOut(used.publicUrl)).status).toBe(200)
      expect(await used.identity.verify(token)).toBeUndefined()
    })

    test('[AUTH19] what is not wanted is missing', async () => {
      await using used = await open()
      const { token } = await signIn(used, 'ann@example.com')
      const shut = [
        'set-password',
        'two-factor/send-otp',
        'email-otp/reset-password',
        'update-user',
        'delete-user',
        'update-session',
        'change-email',
      ]
      for (const path of shut) {
        const answer = await post(used, path, { name: 'x' }, { Authorization: `Bearer ${token}` })
        expect([path, answer.status]).toEqual([path, 404])
      }
      const session = await get(used, 'get-session', { Authorization: `Bearer ${token}` })
      expect((await session.json()).user.email).toBe('ann@example.com')
    })
  })
}

async function signIn(used: IdentityUnderTest, email: string, also: object = {}) {
  const answer = await enter(used, email, await sendCode(used, email), also)
  expect(answer.status).toBe(200)
  const { token, user } = await answer.json()
  const setCookie = answer.headers.getSetCookie().find((cookie) => cookie.includes('session_token')) ?? ''
  const session = await used.identity.verify(token)
  if (!session) throw new Error(`${email} has no session after signing in`)
  expect(session.userId).toBe(user.id)
  const { token: jwt } = await (await get(used, 'token', { Authorization: `Bearer ${token}` })).json()
  return {
    userId: session.userId,
    token: String(token),
    signedToken: answer.headers.get('set-auth-token') ?? '',
    jwt: String(jwt),
    setCookie,
    cookie: setCookie.split(';')[0] ?? '',
  }
}

/** Asks for a code and reads it in the mail that came. */
async function sendCode(used: IdentityUnderTest, email: string): Promise<string> {
  const before = used.mails.length
  const answer = await post(used, 'email-otp/send-verification-otp', { email, type: 'sign-in' })
  expect(answer.status).toBe(200)
  expect(used.mails).toHaveLength(before + 1)
  return /\b\d{6}\b/.exec(used.mails.at(-1)?.text ?? '')?.[0] ?? 'no code in the mail'
}

const enter = (used: IdentityUnderTest, email: string, otp: string, also: object = {}) =>
  post(used, 'sign-in/email-otp', { ...also, email, otp })

const otherThan = (code: string): string => (code === '000000' ? '000001' : '000000')

function post(
  { identity, publicUrl }: IdentityUnderTest,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const request = new Request(`${publicUrl}/api/auth/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return identity.handle(request)
}

const get = (
  { identity, publicUrl }: IdentityUnderTest,
  path: string,
  headers: Record<string, string> = {},
): Promise<Response> => identity.handle(new Request(`${publicUrl}/api/auth/${path}`, { headers }))

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const decode = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString())
