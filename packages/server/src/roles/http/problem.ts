import { type Problem, Refusal, refusalStatus, refusalTitles } from '@confab/protocol/refusal'
import type { z } from 'zod'

export const errorsMax = 20

/** Words for what no door of the domain refuses. */
type BeyondRefusals = 'internal' | 'method_not_allowed' | 'upgrade_required'

/**
 * A refusal as the problem document of RFC 9457. What a client should wait for is in `Retry-After`,
 * in seconds.
 */
export function problemResponse({ code, detail, errors, retryAfterMs }: Refusal): Response {
  return problem(
    {
      type: 'about:blank',
      title: refusalTitles[code],
      status: refusalStatus[code],
      code,
      detail,
      ...(errors && { errors }),
    },
    {
      ...(retryAfterMs !== undefined && {
        'Retry-After': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))),
      }),
      ...(code === 'unauthenticated' && { 'WWW-Authenticate': 'Bearer' }),
    },
  )
}

/** A path that exists, asked in a way that it doesn't know. */
export function wrongMethodResponse(allowed: readonly string[]): Response {
  const title = 'This address does not know that method'
  const detail = `It knows ${allowed.join(', ')}`
  const body = { type: 'about:blank', title, status: 405, code: 'method_not_allowed', detail } as const
  return problem(body, { Allow: allowed.join(', ') })
}

/** An address that speaks another protocol alone, which the answer names (RFC 9110, 15.5.22). */
export function upgradeRequiredResponse(protocol: string, headers: Record<string, string> = {}): Response {
  const title = 'This address speaks another protocol'
  const detail = `Ask to upgrade to ${protocol}`
  const body = { type: 'about:blank', title, status: 426, code: 'upgrade_required', detail } as const
  return problem(body, { Upgrade: protocol, Connection: 'Upgrade', ...headers })
}

/** What nobody foresaw. It tells the client nothing of the inside; the cause goes to the log. */
export function internalErrorResponse(): Response {
  const title = 'The server failed: try again'
  const detail = 'The cause is in its log'
  return problem({ type: 'about:blank', title, status: 500, code: 'internal', detail }, {})
}

/** Input that a schema refuses, with each wrong field by its path, at most 20 of them. */
export function invalidInput(error: z.ZodError): Refusal {
  const errors = error.issues
    .slice(0, errorsMax)
    .map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
  return new Refusal('invalid', { detail: 'Some fields are missing or wrong', errors })
}

function problem(
  body: Omit<Problem, 'code'> & { code: Problem['code'] | BeyondRefusals },
  headers: Record<string, string>,
): Response {
  return Response.json(body, {
    status: body.status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  })
}
