import type { Asking } from './asking.ts'

/**
 * The right password of an address that nobody has confirmed. Said outright, it would tell that the address
 * has no other account: who signs up, and signs in with what they just chose,
 * must get one answer in any case.
 */
export async function isUnconfirmed({ path }: Asking, response: Response): Promise<boolean> {
  if (path !== '/sign-in/email' || response.status !== 403) return false
  const { code } = await response.clone().json()
  return code === 'EMAIL_NOT_VERIFIED'
}

export const wrongPasswordAnswer = (): Response =>
  Response.json({ code: 'INVALID_EMAIL_OR_PASSWORD', message: 'Invalid email or password' }, { status: 401 })

export const suspendedAnswer = ({ reason }: { reason: string }): Response =>
  Response.json({ code: 'ACCOUNT_SUSPENDED', message: 'This account is suspended', reason }, { status: 403 })

/** From a provider people come back by a page that they are shown. */
export const toErrorPage = (publicUrl: string, error: string): Response =>
  Response.redirect(`${new URL(publicUrl).origin}/?error=${error}`, 302)

/** better-auth fails over what is no registration for this site and this challenge. */
export const wrongPasskeyAnswer = (): Response =>
  Response.json(
    { code: 'FAILED_TO_VERIFY_REGISTRATION', message: 'This is no passkey for this site' },
    { status: 400 },
  )

/**
 * A provider leads back to a page, which can't read an answer:
 * that the second factor is asked for is in its address. To say of nothing that it is JSON helps nobody.
 */
export function toldOnPage(response: Response): Response {
  const location = response.headers.get('location')
  const hasAnswer = response.headers.get('content-type')?.startsWith('application/json')
  if (location === null || !hasAnswer) return response
  const headers = new Headers(response.headers)
  headers.delete('content-type')
  if (!isErrorRedirect(response))
    headers.set('location', `${location}${location.includes('?') ? '&' : '?'}second-factor=totp`)
  return new Response(null, { status: response.status, headers })
}

export const isErrorRedirect = (response: Response): boolean =>
  /[?&]error=/.test(response.headers.get('location') ?? '')
