import type { Session } from '../../ports/identity.ts'
import { hasAgreed } from '../consent/consents.ts'
import type { Domain } from '../domain.ts'
import { lackingSecondFactor, type SecondFactorAsking } from './second-factor.ts'

/** What keeps somebody who is signed in from going on: a code that every door refuses with. */
export type HeldBack = 'second_factor_needed' | 'consent_needed'

/** Undefined for who may go on; the second factor first, as it is about who they are. */
export async function heldBackBy(
  domain: SecondFactorAsking & Pick<Domain, 'consents'>,
  session: Pick<Session, 'userId' | 'sessionId'>,
): Promise<HeldBack | undefined> {
  const [lacking, agreed] = await Promise.all([
    lackingSecondFactor(domain, [session]),
    hasAgreed(domain, session.userId),
  ])
  if (lacking.size > 0) return 'second_factor_needed'
  return agreed ? undefined : 'consent_needed'
}
