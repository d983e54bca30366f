import { type AccountSettings, accountSettings } from '@confab/protocol/account-settings'
import { call } from './call.ts'

const settingsPath = '/api/v1/admin/account-settings'

export const readAccountSettings = async (): Promise<AccountSettings> =>
  accountSettings.parse(await call('GET', settingsPath))

/** It holds from the next sign-in on. */
export const changeAccountSettings = async (change: Partial<AccountSettings>): Promise<AccountSettings> =>
  accountSettings.parse(await call('PATCH', settingsPath, change))
