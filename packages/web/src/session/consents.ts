import {
  type AskedConsent,
  askedConsent,
  type ConsentKind,
  type NewConsents,
  type OwnConsents,
  ownConsents,
  type PublishedConsents,
  publishedConsents,
} from '@confab/protocol/consent'
import { call } from './call.ts'

const path = '/api/v1/me/consents'
const settingsPath = '/api/v1/admin/consent-settings'

export const readConsents = async (): Promise<OwnConsents> => ownConsents.parse(await call('GET', path))

export async function giveConsents(asked: readonly AskedConsent[]): Promise<void> {
  for (const { kind, version } of asked) await call('PUT', `${path}/${kind}`, { version })
}

export async function withdrawConsent(kind: ConsentKind): Promise<void> {
  await call('DELETE', `${path}/${kind}`)
}

/** The text of a version that one has agreed to, however old. */
export const readConsentText = async (kind: ConsentKind, version: number): Promise<string> =>
  askedConsent.parse(await call('GET', `${path}/${kind}/${version}`)).text

export const readConsentSettings = async (): Promise<PublishedConsents> =>
  publishedConsents.parse(await call('GET', settingsPath))

export const changeConsentSettings = async (changed: NewConsents): Promise<PublishedConsents> =>
  publishedConsents.parse(await call('PUT', settingsPath, changed))
