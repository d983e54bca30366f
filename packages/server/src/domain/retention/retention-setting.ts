import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { type Retention, retention } from '@confab/protocol/retention'
import { requireAdministrator } from '../accounts/require-administrator.ts'
import type { Domain } from '../domain.ts'
import { actOf } from '../security/act.ts'

const settingName = 'retention'

/** How long the server keeps messages: for ever, until an administrator has set it. */
export async function readRetention({ settings }: Pick<Domain, 'settings'>): Promise<Retention> {
  const set = await settings.read(settingName)
  return set === undefined ? { days: null } : retention.parse(set)
}

/** For administrators. What is older goes from the next round of the worker on. */
export async function changeRetention(
  domain: Pick<Domain, 'store' | 'settings' | 'clock' | 'network'>,
  actorId: UserId,
  changed: Retention,
): Promise<Retention> {
  await requireAdministrator(domain, actorId)
  if ((await readRetention(domain)).days === changed.days) return changed
  const noted = actOf(domain, actorId, {
    action: 'settings.changed',
    detail: { retentionDays: changed.days },
  })
  await domain.settings.write({ name: settingName, value: changed, actorId, at: noted.at, noted })
  return changed
}

/** Refuses `invalid` where a conversation would keep messages longer than the server does. */
export async function requireNoLonger(domain: Pick<Domain, 'settings'>, wanted: number): Promise<void> {
  const { days } = await readRetention(domain)
  if (days === null || wanted <= days) return
  const detail = `The server keeps messages for ${days} days at most`
  throw new Refusal('invalid', { detail, errors: [{ path: 'retentionDays', message: detail }] })
}
