import type { Clock } from '../../lib/clock.ts'
import type { Identity, Session } from '../../ports/identity.ts'

/** How long after a sign-in one may change how the next one goes, and end the account. */
export const recentMs = 10 * 60_000

/**
 * Whether a session began just now. Not how it was used since: whoever finds an open laptop, or a token,
 * uses it.
 */
export async function isRecent(
  { identity, clock }: { identity: Pick<Identity, 'sessions'>; clock: Pick<Clock, 'now'> },
  { userId, sessionId }: Pick<Session, 'userId' | 'sessionId'>,
): Promise<boolean> {
  const own = (await identity.sessions(userId)).find((one) => one.sessionId === sessionId)
  return own !== undefined && clock.now() - own.createdAt <= recentMs
}
