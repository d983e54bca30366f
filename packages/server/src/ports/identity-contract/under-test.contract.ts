import { expect } from 'bun:test'
import type { Identity } from '../identity.ts'
import type { Mail } from '../mailer.ts'

export const minuteMs = 60_000
export const dayMs = 24 * 60 * minuteMs

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

export type Open = (settings?: { publicUrl?: string }) => Promise<IdentityUnderTest>

export async function signIn(used: IdentityUnderTest, email: string, also: object = {}) {
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
export async function sendCode(used: IdentityUnderTest, email: string): Promise<string> {
  const before = used.mails.length
  const answer = await post(used, 'email-otp/send-verification-otp', { email, type: 'sign-in' })
  expect(answer.status).toBe(200)
  expect(used.mails).toHaveLength(before + 1)
  return /\b\d{6}\b/.exec(used.mails.at(-1)?.text ?? '')?.[0] ?? 'no code in the mail'
}

export const enter = (used: IdentityUnderTest, email: string, otp: string, also: object = {}) =>
  post(used, 'sign-in/email-otp', { ...also, email, otp })

export const otherThan = (code: string): string => (code === '000000' ? '000001' : '000000')

export function post(
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

export const get = (
  { identity, publicUrl }: IdentityUnderTest,
  path: string,
  headers: Record<string, string> = {},
): Promise<Response> => identity.handle(new Request(`${publicUrl}/api/auth/${path}`, { headers }))

export const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
export const decode = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString())
