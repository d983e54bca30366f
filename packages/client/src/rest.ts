import { isRefusalCode, Refusal, type RefusalCode, refusalStatus } from '@confab/protocol/refusal'
import { ConnectionLost } from './connection-lost.ts'
import type { Edges } from './options.ts'

interface RestOptions {
  origin: string
  token: (() => Promise<string>) | undefined
  fetch: Edges['fetch']
}

/** Checks what came, and gives it its type. Every schema of the protocol is one. */
export interface Parser<T> {
  parse(value: unknown): T
}

/** The calls that the socket hasn't. They reject with the server's `Refusal`, or with `ConnectionLost`. */
export class Rest {
  readonly #options: RestOptions

  constructor(options: RestOptions) {
    this.#options = options
  }

  async get<T>(path: string, parser: Parser<T>): Promise<T> {
    return parser.parse(await this.#request('GET', path))
  }

  async post<T>(path: string, body: unknown, parser: Parser<T>): Promise<T> {
    return parser.parse(await this.#request('POST', path, body))
  }

  async patch<T>(path: string, body: unknown, parser: Parser<T>): Promise<T> {
    return parser.parse(await this.#request('PATCH', path, body))
  }

  /** For what answers with nothing that matters. */
  async run(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<void> {
    await this.#request(method, path, body)
  }

  async #request(method: string, path: string, body?: unknown): Promise<unknown> {
    const { origin, token, fetch } = this.#options
    const headers: Record<string, string> = { accept: 'application/json' }
    if (body !== undefined) headers['content-type'] = 'application/json'
    if (token) headers.authorization = `Bearer ${await token()}`
    const init: RequestInit = { method, headers, credentials: 'include' }
    if (body !== undefined) init.body = JSON.stringify(body)
    let response: Response
    let text: string
    try {
      response = await fetch(`${origin}${path}`, init)
      text = await response.text()
    } catch (cause) {
      throw new ConnectionLost(`${method} ${path}: no answer`, { cause })
    }
    const answer = parseJson(text)
    if (!response.ok) throw problemRefusal(response.status, answer, response.headers.get('retry-after'))
    return answer
  }
}

export function parseJson(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * An error body (RFC 9457) as a refusal; something else than Confab may have answered,
 * so nothing is relied on.
 */
export function problemRefusal(status: number, body: unknown, retryAfter: string | null): Refusal {
  const problem: { code?: unknown; detail?: unknown; errors?: unknown } =
    typeof body === 'object' && body !== null ? body : {}
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter)
  return new Refusal(isRefusalCode(problem.code) ? problem.code : codeOfStatus(status), {
    ...(typeof problem.detail === 'string' && { detail: problem.detail }),
    ...(Array.isArray(problem.errors) && { errors: problem.errors.filter(isFieldError) }),
    ...(Number.isFinite(seconds) && { retryAfterMs: seconds * 1_000 }),
  })
}

const isFieldError = (error: unknown): error is { path: string; message: string } =>
  typeof error === 'object' && error !== null && 'path' in error && 'message' in error

function codeOfStatus(status: number): RefusalCode {
  if (status >= 500) return 'overloaded'
  for (const [code, known] of Object.entries(refusalStatus))
    if (known === status && isRefusalCode(code)) return code
  return 'invalid'
}
