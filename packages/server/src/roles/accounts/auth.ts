import { Refusal } from '@confab/protocol/refusal'
import { isLoopbackAddress } from '../../lib/loopback.ts'
import type { Identity } from '../../ports/identity.ts'
import type { Bucket, RateLimits } from '../../ports/rate-limits.ts'
import { createRoutes } from '../http/api.ts'

const emailCharsMax = 254

/**
 * How often codes are asked for and tried. What an address may is kept low: a code has a million
 * values and each try is one of them, so at one try a minute a guess takes a year. Who gets in has both given
 * back, so nobody who signs in meets a limit. What a peer may leaves room for an office behind one address.
 */
const perAddress: Record<Counted, Bucket> = {
  send: { capacity: 20, perMinute: 0.5 },
  try: { capacity: 30, perMinute: 1 },
}
const perPeer: Bucket = { capacity: 200, perMinute: 100 }

type Counted = 'send' | 'try'
const counted: Record<string, Counted | undefined> = {
  '/api/auth/email-otp/send-verification-otp': 'send',
  '/api/auth/sign-in/email-otp': 'try',
}

/** `/api/auth/…`: the identity's own routes and answers. Here they are counted, and their bodies seen to be JSON. */
export function authRoutes({
  identity,
  rateLimits,
}: {
  identity: Pick<Identity, 'handle'>
  rateLimits: RateLimits | undefined
}) {
  const routes = createRoutes()

  routes.all('/api/auth/*', async (c) => {
    const { body, email } = await readBody(c.req.raw)
    const what = c.req.method === 'POST' ? counted[c.req.path] : undefined
    if (rateLimits && what) await count(rateLimits, what, { email, peer: c.var.peer })

    const { url, method, headers } = c.req.raw
    const response = await identity.handle(new Request(url, { method, headers, body }))

    if (rateLimits && what === 'try' && email !== undefined && response.ok) {
      await rateLimits.giveBack(addressKey('try', email, c.var.peer), perAddress.try)
      await rateLimits.giveBack(addressKey('send', email, c.var.peer), perAddress.send)
    }
    return response
  })

  return routes
}

async function count(
  rateLimits: RateLimits,
  what: Counted,
  { email, peer }: { email: string | undefined; peer: string | undefined },
): Promise<void> {
  const taken: [key: string, bucket: Bucket][] = [
    ...(isFromAfar(peer) ? [[`auth:peer:${peer}`, perPeer] satisfies [string, Bucket]] : []),
    ...(email !== undefined
      ? [[addressKey(what, email, peer), perAddress[what]] satisfies [string, Bucket]]
      : []),
  ]
  for (const [key, bucket] of taken) {
    const grant = await rateLimits.take(key, bucket)
    if (!grant.granted) throw new Refusal('rate_limited', { retryAfterMs: grant.retryAfterMs })
  }
}

/** A peer on this machine is a proxy, or the person at it: its address says nothing of who asks. */
const isFromAfar = (peer: string | undefined): boolean => peer !== undefined && !isLoopbackAddress(peer)

/**
 * Mails to an address are counted wherever they are asked for; tries, apart for each peer, so that a
 * stranger who guesses locks out themselves and not the owner. A code has five tries in all.
 */
const addressKey = (what: Counted, email: string, peer: string | undefined): string =>
  what === 'try' && isFromAfar(peer) ? `auth:try:${email} from ${peer}` : `auth:${what}:${email}`

/** A body that is there must be JSON. Its `email`, if it can be an address, names the bucket. */
async function readBody(request: Request): Promise<{ body: string | null; email: string | undefined }> {
  const text = request.body === null ? '' : await request.text()
  if (text === '') return { body: emptyBody(request), email: undefined }
  const parsed = parseJson(text)
  if (!parsed) {
    const message = 'The body is not well-formed JSON'
    throw new Refusal('invalid', { detail: message, errors: [{ path: '', message }] })
  }
  return { body: text, email: emailIn(parsed.value)?.toLowerCase() }
}

/** Some clients say "JSON" and send nothing, where nothing is needed. */
const emptyBody = ({ method, headers }: Request): string | null =>
  method === 'POST' && headers.has('content-type') ? '{}' : null

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

function emailIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('email' in body)) return undefined
  const { email } = body
  return typeof email === 'string' && email.length <= emailCharsMax ? email : undefined
}
