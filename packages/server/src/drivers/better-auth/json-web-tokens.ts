import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'

const rememberedMax = 10_000

const claims = z.object({ sub: z.string(), sid: z.string(), exp: z.number() })
export type Claims = z.infer<typeof claims>

/**
 * Verifies JWTs by this installation's own keys: signature, issuer, audience and times. Whether the session
 * still lives is for the caller to ask. A token once verified is remembered until it expires, since the
 * check costs about 400 µs and a client sends the same token for 15 minutes; the 10,000 newest are.
 */
export function jsonWebTokens(
  verify: (token: string) => Promise<unknown>,
  clock: Clock,
): { verify(token: string): Promise<Claims | undefined> } {
  const remembered = new Map<string, Claims>()

  return {
    async verify(token) {
      const key = new Bun.CryptoHasher('sha256').update(token).digest('base64')
      const known = remembered.get(key)
      if (known) {
        if (known.exp * 1_000 > clock.now()) return known
        remembered.delete(key)
        return undefined
      }
      const parsed = claims.safeParse(await verify(token))
      if (!parsed.success) return undefined
      remembered.set(key, parsed.data)
      const [oldest] = remembered.keys()
      if (remembered.size > rememberedMax && oldest !== undefined) remembered.delete(oldest)
      return parsed.data
    },
  }
}
