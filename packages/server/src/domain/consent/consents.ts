import {
  type AskedConsent,
  type ConsentKind,
  type ConsentSettings,
  consentKinds,
  type NewConsents,
  type OwnConsents,
  type PublishedConsents,
  type VersionedConsents,
  versionedConsents,
} from '@confab/protocol/consent'
import type { UserId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { isoTime, isoTimeOrNull } from '../../lib/clock.ts'
import { requireAdministrator } from '../accounts/require-administrator.ts'
import type { Domain } from '../domain.ts'
import { actOf } from '../security/act.ts'

const settingName = 'consents'
const nothing: VersionedConsents = {
  settings: { terms: null, privacy: null, minimumAge: null },
  versions: { terms: 0, privacy: 0, age: 0 },
}

type Consenting = Pick<Domain, 'settings' | 'consents'>

const parse = (set: unknown): VersionedConsents =>
  set === undefined ? nothing : versionedConsents.parse(set)

const readKept = async ({ settings }: Pick<Domain, 'settings'>): Promise<VersionedConsents> =>
  parse(await settings.read(settingName))

/** Where a text is kept that is asked for no more. */
const nameOf = (kind: ConsentKind, version: number): string => `${settingName} ${kind} ${version}`

export async function readConsentSettings(
  domain: Pick<Domain, 'settings' | 'store'>,
  actorId: UserId,
): Promise<PublishedConsents> {
  await requireAdministrator(domain, actorId)
  const { settings, versions } = await readKept(domain)
  return { ...settings, versions }
}

/**
 * For administrators. Who has agreed to an older text is asked again before they go on. Of two who publish at
 * once one is refused `conflict`, and so is who has read other versions than there are.
 */
export async function changeConsentSettings(
  domain: Pick<Domain, 'settings' | 'store' | 'clock' | 'network'>,
  actorId: UserId,
  { versions: read, ...changed }: NewConsents,
): Promise<PublishedConsents> {
  await requireAdministrator(domain, actorId)
  const kept = await domain.settings.read(settingName)
  const before = parse(kept)
  if (read && consentKinds.some((kind) => read[kind] !== before.versions[kind]))
    throw new Refusal('conflict', { detail: 'Another version was published meanwhile: look at it again' })
  const versions = { ...before.versions }
  const [old, fresh] = [textsOf(before.settings), textsOf(changed)]
  if (consentKinds.every((kind) => fresh[kind] === old[kind])) return { ...changed, versions }
  for (const kind of consentKinds) if (fresh[kind] !== null && fresh[kind] !== old[kind]) versions[kind]++
  const noted = actOf(domain, actorId, { action: 'settings.changed', detail: { ...versions } })
  const by = { actorId, at: noted.at }
  // First, and the same whoever else does it now: what people have agreed to is never without its text.
  for (const kind of consentKinds) {
    if (old[kind] === null || old[kind] === fresh[kind]) continue
    await domain.settings.write({ name: nameOf(kind, before.versions[kind]), value: old[kind], ...by })
  }
  const value = { settings: changed, versions }
  await domain.settings.write({ name: settingName, value, ...by, over: { value: kept }, noted })
  return { ...changed, versions }
}

const textsOf = ({ terms, privacy, minimumAge }: ConsentSettings): Record<ConsentKind, string | null> => ({
  terms,
  privacy,
  age: minimumAge === null ? null : `${minimumAge}`,
})

/** The text of a version, present or earlier; undefined where it was replaced before texts were kept. */
export async function consentText(
  { settings }: Pick<Domain, 'settings'>,
  { kind, version }: { kind: ConsentKind; version: number },
): Promise<string | undefined> {
  const present = await readKept({ settings })
  const text = textsOf(present.settings)[kind]
  if (present.versions[kind] === version && text !== null) return text
  const kept = await settings.read(nameOf(kind, version))
  return kept === undefined ? undefined : String(kept)
}

/** The same for who is asked for it, or has ever agreed to it; to others `not_found`. */
export async function ownConsentText(
  domain: Consenting,
  { userId, ...wanted }: { userId: UserId; kind: ConsentKind; version: number },
): Promise<AskedConsent> {
  const isIt = ({ kind, version }: { kind: ConsentKind; version: number }) =>
    kind === wanted.kind && version === wanted.version
  const isOwn = (await asked(domain)).some(isIt) || (await domain.consents.of(userId)).some(isIt)
  const text = isOwn ? await consentText(domain, wanted) : undefined
  if (text === undefined) throw new Refusal('not_found')
  return { ...wanted, text }
}

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
