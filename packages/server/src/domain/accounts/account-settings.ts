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
export async function readAccountSettings(
  domain: Pick<Domain, 'settings' | 'accountDefaults'>,
): Promise<AccountSettings> {
  return settingsFrom(await domain.settings.read(settingName), domain)
}

const settingsFrom = (
  kept: unknown,
  { accountDefaults }: Pick<Domain, 'accountDefaults'>,
): AccountSettings => ({ ...accountDefaults, ...given(settingsGiven.parse(kept ?? {})) })

/**
 * Changes what is given, for administrators. It holds from the next sign-in on, on every node; a second
 * factor is required at once. Who requires one has come with two: nobody shuts themselves out. Of two who change
 * something at once one is refused `conflict`: what was acknowledged is never lost to the other's.
 */
export async function changeAccountSettings(
  domain: Pick<Domain, 'store' | 'settings' | 'accountDefaults' | 'clock' | 'network' | 'identity'>,
  { userId: actorId, sessionId }: Pick<Session, 'userId' | 'sessionId'>,
  change: Partial<AccountSettings>,
): Promise<AccountSettings> {
  await requireAdministrator(domain, actorId)
  const { settings, identity, clock } = domain
  const kept = await settings.read(settingName)
  const before = settingsFrom(kept, domain)
  const changed = accountSettings.parse({ ...before, ...given(change) })
  const isRequired = changed.secondFactor !== 'optional'
  if (isRequired && !(await identity.withTwoFactors([sessionId])).has(sessionId))
    throw new Refusal('second_factor_needed', { detail: 'Come with a second factor yourself first' })
  const detail = detailOf(changed)
  // What is set as it was is from now on the administrators', whatever another start begins with: no change yet.
  const isChange = JSON.stringify(detail) !== JSON.stringify(detailOf(before))
  const noted = isChange ? actOf(domain, actorId, { action: 'settings.changed', detail }) : undefined
  await settings.write({
    ...{ name: settingName, value: changed, over: { value: kept } },
    ...{ actorId, at: clock.now(), noted },
  })
  return changed
}

const detailOf = ({ signIn, signUp, domains, secondFactor }: AccountSettings) => ({
  signIn: signIn.join(' '),
  signUp,
  domains: domains.join(' '),
  secondFactor,
})
