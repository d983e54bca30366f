import type { SessionId, UserId } from '@confab/protocol/ids'
import type { Identity, Session } from '../../ports/identity.ts'
import type { Store } from '../../ports/store.ts'
import type { Domain } from '../domain.ts'
import { readAccountSettings } from './account-settings.ts'

export type SecondFactorAsking = Pick<Domain, 'settings' | 'accountDefaults'> & {
  store: Pick<Store, 'accountsOf'>
  identity: Pick<Identity, 'withSecondFactor' | 'withTwoFactors'>
}
type Asked = Pick<Session, 'userId' | 'sessionId'>

/**
 * Those of the sessions that go no further: they came with one factor, where an administrator requires two.
 */
export async function lackingSecondFactor(
  domain: SecondFactorAsking,
  sessions: readonly Asked[],
): Promise<Set<SessionId>> {
  const { secondFactor: rule } = await readAccountSettings(domain)
  if (rule === 'optional' || sessions.length === 0) return new Set()
  const { store, identity } = domain
  const administrators = async (): Promise<Set<UserId>> => {
    const accounts = await store.accountsOf([...new Set(sessions.map(({ userId }) => userId))])
    return new Set(accounts.filter(({ serverRole }) => serverRole === 'admin').map(({ user }) => user.id))
  }
  const [twofold, required] = await Promise.all([
    identity.withTwoFactors(sessions.map(({ sessionId }) => sessionId)),
    rule === 'administrators' ? administrators() : undefined,
  ])
  const lacking = sessions.filter(
    ({ userId, sessionId }) => !twofold.has(sessionId) && (required?.has(userId) ?? true),
  )
  return new Set(lacking.map(({ sessionId }) => sessionId))
}

/**
 * What somebody does before they go on: show the second factor that they have, or set one up. Who has one
 * can't be let set up another by the first alone, or a stolen mailbox would do.
 */
export async function secondFactorAsked(
  domain: SecondFactorAsking,
  session: Asked,
): Promise<'show' | 'set up' | undefined> {
  if ((await lackingSecondFactor(domain, [session])).size === 0) return undefined
  const { userId } = session
  return (await domain.identity.withSecondFactor([userId])).has(userId) ? 'show' : 'set up'
}
