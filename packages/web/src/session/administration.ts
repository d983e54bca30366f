import { firstPage, type Page } from '@confab/client/list'
import { type AccountSettings, accountSettings } from '@confab/protocol/account-settings'
import {
  type FreshInvitation,
  freshInvitation,
  type Invitation,
  invitation,
} from '@confab/protocol/invitation'
import { byCookie, call } from './call.ts'

const settingsPath = '/api/v1/admin/account-settings'
const invitationsPath = '/api/v1/admin/invitations'

export const readAccountSettings = async (): Promise<AccountSettings> =>
  accountSettings.parse(await call('GET', settingsPath))

/** It holds from the next sign-in on. */
export const changeAccountSettings = async (change: Partial<AccountSettings>): Promise<AccountSettings> =>
  accountSettings.parse(await call('PATCH', settingsPath, change))

/** Those that are open, the newest first. */
export const listInvitations = (): Promise<Page<Invitation>> =>
  firstPage(byCookie, invitationsPath, invitation)

/** Its link is told this once. */
export const makeInvitation = async (wanted: {
  expiresInHours: number | null
  uses: number | null
}): Promise<FreshInvitation> => freshInvitation.parse(await call('POST', invitationsPath, wanted))

export async function revokeInvitation(id: string): Promise<void> {
  await call('DELETE', `${invitationsPath}/${encodeURIComponent(id)}`)
}
