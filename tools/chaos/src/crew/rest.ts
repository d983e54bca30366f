import { type Answer, Lost } from './connection.ts'

const answerWithinMs = 8_000

export interface RestCall {
  method?: string
  body?: unknown
  token?: string
}

/** A call over REST, refused in the same words as over a socket. */
export async function rest<Result>(
  url: string,
  path: string,
  { method = 'GET', body, token }: RestCall = {},
): Promise<Answer<Result>> {
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      signal: AbortSignal.timeout(answerWithinMs),
      // A connection kept from before a crash would fail the next call for no other reason.
      keepalive: false,
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const answer = text ? JSON.parse(text) : undefined
    if (response.ok) return { result: answer as Result }
    const retryAfter = response.headers.get('retry-after')
    const retryAfterMs = retryAfter === null ? undefined : Number(retryAfter) * 1_000
    return { refused: { code: answer?.code ?? `status ${response.status}`, retryAfterMs } }
  } catch (cause) {
    throw new Lost(path, { cause })
  }
}
