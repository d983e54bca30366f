import type { Me } from '@confab/protocol/user'
import { keptInvitation } from './arrival.ts'
import { call, textOf } from './call.ts'

/** What a first factor led to: a session, or the question for the second. */
export type SignedIn = 'signed-in' | 'second-factor'

/** Mails a six-digit code to `email`; the answer doesn't tell whether an account exists. */
export async function requestCode(email: string): Promise<void> {
  const invitation = keptInvitation()
  await call('POST', '/api/auth/email-otp/send-verification-otp', { email, type: 'sign-in', invitation })
}

/** Signs in, making the account on first use. The session is kept in a cookie that scripts can't read. */
export async function signIn(email: string, code: string): Promise<SignedIn> {
  const invitation = keptInvitation()
  return signedInOf(await call('POST', '/api/auth/sign-in/email-otp', { email, otp: code, invitation }))
}

export const signedInOf = (answer: unknown): SignedIn =>
  Reflect.get(Object(answer), 'twoFactorRedirect') === true ? 'second-factor' : 'signed-in'

export async function isSignedIn(): Promise<boolean> {
  const session: unknown = await call('GET', '/api/auth/get-session')
  return typeof session === 'object' && session !== null
}

// The answer comes from our own server and only its name and dates are shown: the SDK, which parses all
// that it reads, is not loaded for the public page.
export async function ownProfile(): Promise<Pick<Me, 'name' | 'email' | 'createdAt'>> {
  const profile: unknown = await call('GET', '/api/v1/me')
  return {
    name: textOf(profile, 'name'),
    email: textOf(profile, 'email'),
    createdAt: textOf(profile, 'createdAt'),
  }
}

export async function changeName(name: string): Promise<void> {
  await call('PATCH', '/api/v1/me', { name })
}

const newAccountMs = 10 * 60_000

/** True for who has just come and still bears the name that the server made from the address. */
export function needsName(
  profile: { name: string; email: string; createdAt: string },
  nowMs: number,
): boolean {
  const name = profile.name.trim().toLowerCase()
  if (name === '' || name === profile.email.toLowerCase()) return true
  const local = profile.email.split('@')[0] ?? ''
  const unchanged = lettersOf(name) === lettersOf(local.toLowerCase())
  return unchanged && nowMs - Date.parse(profile.createdAt) < newAccountMs
}

const lettersOf = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '')
