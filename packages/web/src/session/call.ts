/** Why a step of signing in or of the account's settings did not work, in words for the person who waits. */
export class SignInError extends Error {
  override readonly name = 'SignInError'
  /** What was typed can't be used any more: only a new code, or beginning again, helps. */
  readonly codeSpent: boolean
  /** The server's word for it, where it has one. */
  readonly code: string | undefined

  constructor(
    message: string,
    {
      codeSpent = false,
      code,
      cause,
    }: { codeSpent?: boolean; code?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.codeSpent = codeSpent
    this.code = code
  }
}

/**
 * The server's words where it wants something done before one goes on; it may begin to while a page is open.
 */
const heldBackWords = ['second_factor_needed', 'consent_needed'] as const
export type HeldBack = (typeof heldBackWords)[number]
export const heldBackBy = (word: string | undefined): HeldBack | undefined =>
  heldBackWords.find((one) => one === word)

let askFirst = (_wanted: HeldBack): void => undefined
/** What is to be done when that is answered. */
export function onHeldBack(ask: (wanted: HeldBack) => void): void {
  askFirst = ask
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * One request of the accounts, by the cookie; answers what came as JSON. It is no part of the SDK, which is
 * not loaded for the public page.
 */
export async function call(method: Method, path: string, body?: unknown): Promise<unknown> {
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
  if (!response.ok) {
    const wanted = heldBackBy(textOf(answer, 'code'))
    if (wanted) askFirst(wanted)
    throw refusalOf(response, answer)
  }
  return answer
}

/** The same for lists in parts, which take whoever can get something. */
export const byCookie = {
  get: async <T>(path: string, parser: { parse(value: unknown): T }): Promise<T> =>
    parser.parse(await call('GET', path)),
}

/** A text of an answer of our own server; empty where there is none. */
export function textOf(answer: unknown, key: string): string {
  const value: unknown = Reflect.get(Object(answer), key)
  return typeof value === 'string' ? value : ''
}

const words: Record<string, string> = {
  INVALID_OTP: 'That code doesn’t match. Look at the newest mail and type it again.',
  INVALID_EMAIL: 'That doesn’t look like an email address.',
  INVALID_EMAIL_OR_PASSWORD:
    'Wrong address or password, or the address isn’t confirmed yet: then a new link is in your mail.',
  INVALID_PASSWORD: 'That isn’t your present password.',
  SESSION_NOT_FRESH: 'This takes a sign-in of just now. Sign out, sign in again, and try within ten minutes.',
  INVALID_TOKEN: 'This link is no longer good. Ask for a new one.',
  SECOND_FACTOR_NEEDED: 'Sign in with your second step first.',
  SIGN_UP_CLOSED: 'Not everybody may make an account here. Ask an administrator for an invitation.',
  INVALID_CODE: 'That code doesn’t match. Type the one that your app shows now.',
  CHALLENGE_NOT_FOUND: 'That took too long. Please try again.',
  PASSKEY_NOT_FOUND: 'That passkey isn’t known here any more. Take another way.',
  INVALID_BACKUP_CODE: 'That recovery code isn’t good, or was used before.',
}

const spentWords: Record<string, string> = {
  OTP_EXPIRED: 'That code has expired. Ask for a new one.',
  TOO_MANY_ATTEMPTS: 'Too many wrong codes. Ask for a new one.',
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'Too many wrong codes. Please sign in again.',
  INVALID_TWO_FACTOR_COOKIE: 'That took too long. Please sign in again.',
}

function refusalOf(response: Response, answer: unknown): SignInError {
  const code = textOf(answer, 'code')
  if (code === 'ACCOUNT_SUSPENDED') {
    const why = `This account is suspended: ${textOf(answer, 'reason')}. An administrator can let you in again.`
    return new SignInError(why, { code, codeSpent: true })
  }
  const known = words[code]
  if (known !== undefined) return new SignInError(known, { code })
  const spent = spentWords[code]
  if (spent !== undefined) return new SignInError(spent, { code, codeSpent: true })
  if (response.status === 429) {
    const waitS = Number(response.headers.get('retry-after') ?? response.headers.get('x-retry-after'))
    return new SignInError(`Too many tries. Please try again ${waitWords(waitS, Date.now())}.`, { code })
  }
  if (response.status >= 500) return new SignInError('The server has trouble. Please try again shortly.')
  const said = textOf(answer, 'detail') || textOf(answer, 'message')
  return new SignInError(said || 'That didn’t work. Please try again.', { code })
}

/** When to try again: long waits with the time of day, so that nobody has to count. */
export function waitWords(waitS: number, nowMs: number): string {
  if (!(waitS > 0)) return 'in a minute'
  if (waitS < 100) return waitS === 1 ? 'in a second' : `in ${waitS} seconds`
  const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
  return `in ${Math.ceil(waitS / 60)} minutes, at ${time.format(nowMs + waitS * 1_000)}`
}
