/**
 * The stable words with which the server refuses, and the HTTP status that each has.
 * A client may switch on the code; titles and details are for people.
 */
export const refusalStatus = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  consent_needed: 403,
  second_factor_needed: 403,
  not_found: 404,
  conflict: 409,
  client_id_reused: 409,
  too_large: 413,
  rate_limited: 429,
  overloaded: 503,
} as const

export type RefusalCode = keyof typeof refusalStatus

/** One wrong field of a request: `path` as in `memberIds.2`, `message` for a person. */
export interface FieldError {
  path: string
  message: string
}

export interface RefusalDetails {
  /** What happened and what to do, safe to show. */
  detail?: string
  errors?: FieldError[]
  /** How long to wait before another try, in milliseconds: with `rate_limited` and `overloaded`. */
  retryAfterMs?: number
}

/**
 * An expected refusal: the request was understood and is not granted. Thrown by the domain, told by
 * every door in its own form, and thrown again by the SDK to its caller.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  /** For a person: what happened and what to do. */
  readonly detail: string
  readonly errors: FieldError[] | undefined
  readonly retryAfterMs: number | undefined

  constructor(code: RefusalCode, { detail, errors, retryAfterMs }: RefusalDetails = {}) {
    super(detail ?? refusalTitles[code])
    this.code = code
    this.detail = this.message
    // An `invalid` always says what: the whole request, where no field can be named.
    this.errors = errors ?? (code === 'invalid' ? [{ path: '', message: this.detail }] : undefined)
    this.retryAfterMs = retryAfterMs
  }
}

export const refusalTitles: Record<RefusalCode, string> = {
  invalid: 'The request is not valid',
  unauthenticated: 'Sign in first',
  forbidden: 'Your role does not allow this',
  consent_needed: 'Agree to what this server asks for first',
  second_factor_needed: 'Sign in with a second factor first, or set one up',
  not_found: 'There is no such thing, or not for you',
  conflict: 'This cannot be done in the present state',
  client_id_reused: 'This clientId already belongs to another message',
  too_large: 'This is too large',
  rate_limited: 'Too many requests: slow down',
  overloaded: 'The server is busy: try again shortly',
}

/** The problem document of RFC 9457, `application/problem+json`. */
export interface Problem {
  type: string
  title: string
  status: number
  code: RefusalCode
  detail: string
  errors?: FieldError[]
}

export const isRefusalCode = (code: unknown): code is RefusalCode =>
  typeof code === 'string' && Object.hasOwn(refusalStatus, code)
