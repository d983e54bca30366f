import { type AccountSettings, accountSettings } from '@confab/protocol/account-settings'
import { Refusal } from '@confab/protocol/refusal'
import { given } from '../../lib/given.ts'
import type { Session } from '../../ports/identity.ts'
import type { Domain } from '../domain.ts'
import { actOf } from '../security/act.ts'
import { requireAdministrator } from './require-administrator.ts'

const settingName = 'accounts'
// Made once: a schema costs as much as a sign-in, and this is asked for at each door.
const settingsGiven = accountSettings.partial()

/** Which doors are open: what an administrator has set, else what the installation began with. */
export async function readAccountSettings({
  settings,
  accountDefaults,
}: Pick<Domain, 'settings' | 'accountDefaults'>): Promise<AccountSettings> {
  const set = settingsGiven.parse((await settings.read(settingName)) ?? {})
  return { ...accountDefaults, ...given(set) }
}

/**
 * Changes what is given, for administrators. It holds from the next sign-in on, on every node; a second
 * factor is required at once. Who requires one has come with two: nobody shuts themselves out.
 */
export async function changeAccountSettings(
  domain: Pick<Domain, 'store' | 'settings' | 'accountDefaults' | 'clock' | 'network' | 'identity'>,
  { userId: actorId, sessionId }: Pick<Session, 'userId' | 'sessionId'>,
  change: Partial<AccountSettings>,
): Promise<AccountSettings> {
  await requireAdministrator(domain, actorId)
  const changed = accountSettings.parse({ ...(await readAccountSettings(domain)), ...given(change) })
  const { settings, identity } = domain
  const isRequired = changed.secondFactor !== 'optional'
  if (isRequired && !(await identity.withTwoFactors([sessionId])).has(sessionId))
    throw new Refusal('second_factor_needed', { detail: 'Come with a second factor yourself first' })
  const detail = {
    signIn: changed.signIn.join(' '),
    signUp: changed.signUp,
    domains: changed.domains.join(' '),
    secondFactor: changed.secondFactor,
  }
  const noted = actOf(domain, actorId, { action: 'settings.changed', detail })
  await settings.write({ name: settingName, value: changed, actorId, at: noted.at, noted })
  return changed
}
