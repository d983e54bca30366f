import { Refusal } from '@confab/protocol/refusal'
import { isLoopbackAddress } from '../../lib/loopback.ts'
import { limitedNetwork, networkOf } from '../../lib/network.ts'
import type { Identity } from '../../ports/identity.ts'
import type { Bucket, Lockout, RateLimits } from '../../ports/rate-limits.ts'
import { createRoutes } from '../http/api.ts'
import { wrongMethodResponse } from '../http/problem.ts'
import { authOperations } from './describe-auth.ts'

const emailCharsMax = 254

/**
 * How often codes are asked for. Who gets in has theirs given back, so nobody who signs in meets a limit;
 * what a host may leaves room for an office behind one address.
 */
const mailsPerAddress: Bucket = { capacity: 20, perMinute: 0.5 }
const callsPerHost: Bucket = { capacity: 200, perMinute: 100 }

/** Of an account and the network that somebody tries from, so that a stranger elsewhere locks out nobody. */
const lockout: Lockout = { failures: 5, withinMs: 15 * 60_000, lockMs: 30 * 60_000 }

/** Told at once and not waited for, so that the answer's time tells nothing of the account. */
type OnLocked = (locked: { email: string; network: string | undefined; lockMs: number }) => void

type Counted = 'mail' | 'try'
const counted: Record<string, Counted | undefined> = {
  '/api/auth/email-otp/send-verification-otp': 'mail',
  '/api/auth/sign-up/email': 'mail',
  '/api/auth/send-verification-email': 'mail',
  '/api/auth/request-password-reset': 'mail',
  '/api/auth/sign-in/email-otp': 'try',
  '/api/auth/sign-in/email': 'try',
}

/** `/api/auth/…`: the identity's own routes and answers. Here they are counted, and their bodies seen to be JSON. */
export function authRoutes({
  identity,
  rateLimits,
  onLocked,
}: {
  identity: Pick<Identity, 'handle'>
  rateLimits: RateLimits | undefined
  onLocked: OnLocked
}) {
  const routes = createRoutes()

  const methods = new Map<string, string>()
  for (const one of authOperations) {
    routes.openAPIRegistry.registerPath(one)
    methods.set(one.path, one.method.toUpperCase())
  }

  routes.all('/api/auth/*', async (c) => {
    const method = c.req.method === 'HEAD' ? 'GET' : c.req.method
    const known = methods.get(c.req.path)
    if (known !== undefined && method !== known) return wrongMethodResponse([known])
    const { body, email } = await readBody(c.req.raw)
    const { url, headers } = c.req.raw
    const { address } = c.var
    const handle = () => identity.handle(new Request(url, { method, headers, body }), { peer: address })
    const what = method === 'POST' ? counted[c.req.path] : undefined
    if (!rateLimits || !what) return handle()

    await takeOfHost(rateLimits, address)
    if (email === undefined) return handle()
    if (what === 'mail') {
      await take(rateLimits, mailsKey(email), mailsPerAddress)
      return handle()
    }
    return trySignIn({ rateLimits, email, address, onLocked }, handle)
  })

  return routes
}

/** Counts failures, and lets nobody try, the right word or not, whose tries are locked. */
async function trySignIn(
  {
    rateLimits,
    email,
    address,
    onLocked,
  }: { rateLimits: RateLimits; email: string; address: string | undefined; onLocked: OnLocked },
  handle: () => Promise<Response>,
): Promise<Response> {
  const network = networkOf(address)
  const key = `auth:try:${email} from ${network ?? 'nowhere'}`
  const lockedMs = await rateLimits.lockedMs(key)
  if (lockedMs > 0) {
    const detail = 'Too many failures: sign-in is locked for this account from this network'
    throw new Refusal('rate_limited', { detail, retryAfterMs: lockedMs })
  }
  const response = await handle()
  if (response.ok) {
    await rateLimits.forgive(key)
    await rateLimits.giveBack(mailsKey(email), mailsPerAddress)
  } else if (isFailedTry(response)) {
    const strike = await rateLimits.strike(key, lockout)
    if (strike.locked && strike.began) onLocked({ email, network, lockMs: lockout.lockMs })
  }
  return response
}

const isFailedTry = ({ status }: Response): boolean => status === 400 || status === 401 || status === 403

const mailsKey = (email: string): string => `auth:mail:${email}`

/** Who asks from this machine is the person at it, or behind a proxy that does not tell for whom. */
async function takeOfHost(rateLimits: RateLimits, address: string | undefined): Promise<void> {
  if (address === undefined || isLoopbackAddress(address)) return
  await take(rateLimits, `auth:host:${limitedNetwork(address)}`, callsPerHost)
}

async function take(rateLimits: RateLimits, key: string, bucket: Bucket): Promise<void> {
  const grant = await rateLimits.take(key, bucket)
  if (!grant.granted) throw new Refusal('rate_limited', { retryAfterMs: grant.retryAfterMs })
}

/** A body that is there must be JSON. Its `email`, if it can be an address, names the bucket. */
async function readBody(request: Request): Promise<{ body: string | null; email: string | undefined }> {
  const text = request.body === null ? '' : await request.text()
  if (text === '') return { body: emptyBody(request), email: undefined }
  const parsed = isJson(request) ? parseJson(text) : undefined
  if (!parsed) {
    const message = isJson(request) ? 'The body is not well-formed JSON' : 'Send application/json'
    throw new Refusal('invalid', { detail: message, errors: [{ path: '', message }] })
  }
  return { body: text, email: emailIn(parsed.value)?.toLowerCase() }
}

const isJson = ({ headers }: Request) => /^application\/json\b/i.test(headers.get('content-type') ?? '')

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
