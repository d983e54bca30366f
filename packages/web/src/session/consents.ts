import {
  type AskedConsent,
  type ConsentKind,
  type ConsentSettings,
  consentSettings,
  type OwnConsents,
  ownConsents,
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

export const readConsentSettings = async (): Promise<ConsentSettings> =>
  consentSettings.parse(await call('GET', settingsPath))

export const changeConsentSettings = async (changed: ConsentSettings): Promise<ConsentSettings> =>
  consentSettings.parse(await call('PUT', settingsPath, changed))
