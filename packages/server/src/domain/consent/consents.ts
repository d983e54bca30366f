import {
  type AskedConsent,
  type ConsentKind,
  type ConsentSettings,
  consentKinds,
  type OwnConsents,
  type VersionedConsents,
  versionedConsents,
} from '@confab/protocol/consent'
import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { isoTime, isoTimeOrNull } from '../../lib/clock.ts'
import { requireAdministrator } from '../accounts/require-administrator.ts'
import type { Domain } from '../domain.ts'
import { noteAct } from '../security/note-act.ts'

const settingName = 'consents'
const nothing: VersionedConsents = {
  settings: { terms: null, privacy: null, minimumAge: null },
  versions: { terms: 0, privacy: 0, age: 0 },
}

type Consenting = Pick<Domain, 'settings' | 'consents'>

async function readKept({ settings }: Pick<Domain, 'settings'>): Promise<VersionedConsents> {
  const set = await settings.read(settingName)
  return set === undefined ? nothing : versionedConsents.parse(set)
}

export async function readConsentSettings(
  domain: Pick<Domain, 'settings' | 'store'>,
  actorId: UserId,
): Promise<ConsentSettings> {
  await requireAdministrator(domain, actorId)
  return (await readKept(domain)).settings
}

/** For administrators. Who has agreed to an older text is asked again before they go on. */
export async function changeConsentSettings(
  domain: Pick<Domain, 'settings' | 'store' | 'clock' | 'audit'>,
  actorId: UserId,
  changed: ConsentSettings,
): Promise<ConsentSettings> {
  await requireAdministrator(domain, actorId)
  const before = await readKept(domain)
  const versions = { ...before.versions }
  const [old, fresh] = [textsOf(before.settings), textsOf(changed)]
  for (const kind of consentKinds) if (fresh[kind] !== null && fresh[kind] !== old[kind]) versions[kind]++
  const value = { settings: changed, versions }
  await domain.settings.write({ name: settingName, value, actorId, at: domain.clock.now() })
  await noteAct(domain, actorId, { action: 'settings.changed', detail: { ...versions } })
  return changed
}

const textsOf = ({ terms, privacy, minimumAge }: ConsentSettings): Record<ConsentKind, string | null> => ({
  terms,
  privacy,
  age: minimumAge === null ? null : `${minimumAge}`,
})

async function asked(domain: Pick<Domain, 'settings'>): Promise<AskedConsent[]> {
  const { settings, versions } = await readKept(domain)
  const texts = textsOf(settings)
  return consentKinds.flatMap((kind) => {
    const text = texts[kind]
    return text === null ? [] : [{ kind, version: versions[kind], text }]
  })
}

/** What is asked of everybody, what of it this person has not agreed to, and all that they ever have. */
export async function ownConsents(domain: Consenting, userId: UserId): Promise<OwnConsents> {
  const all = await asked(domain)
  const given = await domain.consents.of(userId)
  const holds = ({ kind, version }: AskedConsent) =>
    given.some((one) => one.kind === kind && one.version === version && one.withdrawnAt === null)
  return {
    asked: all,
    missing: all.filter((one) => !holds(one)).map(({ kind }) => kind),
    given: given.map(({ givenAt, withdrawnAt, ...one }) => ({
      ...one,
      givenAt: isoTime(givenAt),
      withdrawnAt: isoTimeOrNull(withdrawnAt),
    })),
  }
}

/** Whether they may go on: 2 µs where nothing is asked for, two lookups where something is. */
export async function hasAgreed(domain: Consenting, userId: UserId): Promise<boolean> {
  if ((await domain.settings.read(settingName)) === undefined) return true
  return (await ownConsents(domain, userId)).missing.length === 0
}

/** Agrees to the version that was read: `conflict` where there is another by now. */
export async function giveConsent(
  domain: Consenting & Pick<Domain, 'clock'>,
  { userId, kind, version }: { userId: UserId; kind: ConsentKind; version: number },
): Promise<void> {
  const present = (await asked(domain)).find((one) => one.kind === kind)
  if (!present) throw new Refusal('not_found')
  if (present.version !== version)
    throw new Refusal('conflict', { detail: 'There is another version by now: read that one' })
  await domain.consents.give({ userId, kind, version, at: domain.clock.now() })
}

/** Takes it back; `not_found` where there is nothing to take back. */
export async function withdrawConsent(
  domain: Consenting & Pick<Domain, 'clock'>,
  { userId, kind }: { userId: UserId; kind: ConsentKind },
): Promise<void> {
  if (!(await domain.consents.withdraw({ userId, kind, at: domain.clock.now() })))
    throw new Refusal('not_found')
}
