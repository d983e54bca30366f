import { type SignedIn, signedInOf } from './accounts.ts'
import { keptInvitation } from './arrival.ts'
import { call } from './call.ts'

export const passwordCodePointsMin = 8

export async function signInByPassword(email: string, password: string): Promise<SignedIn> {
  return signedInOf(await call('POST', '/api/auth/sign-in/email', { email, password }))
}

/** Answered alike for a taken address and a free one: what comes next is in the mail. */
export async function signUp(wanted: { name: string; email: string; password: string }): Promise<void> {
  await call('POST', '/api/auth/sign-up/email', { ...wanted, invitation: keptInvitation() })
}

/** Mails a link with which to choose a password, to who forgot theirs and to who has none. */
export async function requestReset(email: string): Promise<void> {
  await call('POST', '/api/auth/request-password-reset', { email })
}

/** By the token of that link, once. It ends every session. */
export async function resetPassword(newPassword: string, token: string): Promise<void> {
  await call('POST', '/api/auth/reset-password', { newPassword, token })
}
