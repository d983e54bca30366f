import type { Me } from '@confab/protocol/user'

/** Why a step of signing in did not work, in words for the person who waits. */
export class SignInError extends Error {
  override readonly name = 'SignInError'
  /** The code can't be used any more: only a new one helps. */
  readonly codeSpent: boolean

  constructor(message: string, { codeSpent = false, cause }: { codeSpent?: boolean; cause?: unknown } = {}) {
    super(message, { cause })
    this.codeSpent = codeSpent
  }
}

/** Mails a six-digit code to `email`; the answer doesn't tell whether an account exists. */
export async function requestCode(email: string): Promise<void> {
  await call('POST', '/api/auth/email-otp/send-verification-otp', { email, type: 'sign-in' })
}

/** Signs in, making the account on first use. The session is kept in a cookie that scripts can't read. */
export async function signIn(email: string, code: string): Promise<void> {
  await call('POST', '/api/auth/sign-in/email-otp', { email, otp: code })
}

export async function signOut(): Promise<void> {
  await call('POST', '/api/auth/sign-out', {})
}

export async function isSignedIn(): Promise<boolean> {
  const session: unknown = await call('GET', '/api/auth/get-session')
  return typeof session === 'object' && session !== null
}

// The answer comes from our own server and only its name and dates are shown: the SDK, which parses all
// that it reads, is not loaded for the public page.
export async function ownProfile(): Promise<Pick<Me, 'name' | 'email' | 'createdAt'>> {
  const profile: unknown = await call('GET', '/api/v1/me')
  const text = (key: string) => {
    const value: unknown = Reflect.get(Object(profile), key)
    return typeof value === 'string' ? value : ''
  }
  return { name: text('name'), email: text('email'), createdAt: text('createdAt') }
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

async function call(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  }).catch((cause: unknown) => {
    throw new SignInError('The server can’t be reached. Check your connection and try again.', { cause })
  })
  const answer: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw refusalOf(response, answer)
  return answer
}

function refusalOf(response: Response, answer: unknown): SignInError {
  const code: unknown = Reflect.get(Object(answer), 'code')
  switch (code) {
    case 'INVALID_OTP':
      return new SignInError('That code doesn’t match. Look at the newest mail and type it again.')
    case 'OTP_EXPIRED':
      return new SignInError('That code has expired. Ask for a new one.', { codeSpent: true })
    case 'TOO_MANY_ATTEMPTS':
      return new SignInError('Too many wrong codes. Ask for a new one.', { codeSpent: true })
    case 'INVALID_EMAIL':
      return new SignInError('That doesn’t look like an email address.')
  }
  if (response.status === 429) {
    const waitS = Number(response.headers.get('retry-after') ?? response.headers.get('x-retry-after'))
    const when = waitS > 0 ? `in ${waitS} seconds` : 'in a minute'
    return new SignInError(`Too many tries. Please try again ${when}.`)
  }
  if (response.status >= 500) return new SignInError('The server has trouble. Please try again shortly.')
  const detail: unknown = Reflect.get(Object(answer), 'detail') ?? Reflect.get(Object(answer), 'message')
  return new SignInError(typeof detail === 'string' ? detail : 'That didn’t work. Please try again.')
}
