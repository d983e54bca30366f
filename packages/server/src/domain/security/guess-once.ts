import { Refusal } from '@confab/protocol/refusal'
import { networkOf } from '../../lib/network.ts'
import type { Limiter } from '../limits/limiter.ts'

/** Told at once and not waited for, so that the answer's time tells nothing of the account. */
export type OnLocked = (locked: { email: string; network: string | undefined; lockMs: number }) => void

/** What came of a guess; `neither` where another factor is asked for, or nothing was looked at. */
export type Guessed<Answer> = { was: 'wrong' | 'right' | 'neither'; answer: Answer }

/**
 * One guess at what an account's owner knows, at whichever door: a code, a password, a second factor. Refuses
 * `rate_limited` who has failed too often, or may have once what is under way has failed, the right word or
 * not. Counted by the network that is guessed from, so that a stranger elsewhere locks out nobody.
 */
export async function guessOnce<Answer>(
  { limiter, onLocked }: { limiter: Limiter; onLocked: OnLocked },
  { email, address }: { email: string; address: string | undefined },
  guess: () => Promise<Guessed<Answer>>,
): Promise<Answer> {
  const network = networkOf(address)
  const key = `auth:try:${email} from ${network ?? 'nowhere'}`
  const begun = await limiter.beginTry(key)
  if (!begun.granted) {
    const detail = 'Too many failures, or tries at once, for this account from this network'
    throw new Refusal('rate_limited', { detail, retryAfterMs: begun.retryAfterMs })
  }
  const { was, answer } = await guess().catch(async (cause: unknown) => {
    await limiter.endTry(key)
    throw cause
  })
  if (was === 'right') await limiter.forgive(key)
  if (was === 'neither') await limiter.endTry(key)
  if (was === 'wrong') {
    const strike = await limiter.strike(key)
    if (strike.locked && strike.began) onLocked({ email, network, lockMs: strike.lockedMs })
  }
  return answer
}
