import { type DeviceSession, deviceSession } from '@confab/protocol/device-session'
import { z } from 'zod'
import { call } from './call.ts'
import { openDoors } from './doors.ts'

const devices = z.object({ items: z.array(deviceSession) })

export const listDevices = async (): Promise<DeviceSession[]> =>
  devices.parse(await call('GET', '/api/v1/me/sessions')).items

export async function endDevice(id: string): Promise<void> {
  await call('DELETE', `/api/v1/me/sessions/${encodeURIComponent(id)}`)
}

export async function endOtherDevices(): Promise<void> {
  await call('DELETE', '/api/v1/me/sessions')
}

/** What the account is opened with, besides codes by mail. */
export interface Credentials {
  hasPassword: boolean
  hasSecondFactor: boolean
}

const accounts = z.array(z.object({ providerId: z.string() }))
const session = z.object({ user: z.object({ twoFactorEnabled: z.boolean().nullish() }) })

export async function ownCredentials(): Promise<Credentials> {
  const [linked, current] = await Promise.all([
    call('GET', '/api/auth/list-accounts'),
    call('GET', '/api/auth/get-session'),
  ])
  return {
    hasPassword: accounts.parse(linked).some(({ providerId }) => providerId === 'credential'),
    hasSecondFactor: session.parse(current).user.twoFactorEnabled ?? false,
  }
}

/** All that a second factor could be, and whether passkeys are a way in. */
export async function ownFactors(): Promise<Credentials & { hasPasskey: boolean; passkeysOpen: boolean }> {
  const [credentials, kept, doors] = await Promise.all([ownCredentials(), listPasskeys(), openDoors()])
  const passkeysOpen = doors.signIn.includes('passkey')
  return { ...credentials, hasPasskey: passkeysOpen && kept.length > 0, passkeysOpen }
}

export async function changePassword(change: {
  currentPassword: string
  newPassword: string
  revokeOtherSessions: boolean
}): Promise<void> {
  await call('POST', '/api/auth/change-password', change)
}

const laidDown = z.object({ totpURI: z.string(), backupCodes: z.array(z.string()) })
export type SecondFactor = z.infer<typeof laidDown>

/** Begins it: it is asked for once the app has shown a first code. The password where the account has one. */
export const beginSecondFactor = async (password: string | undefined): Promise<SecondFactor> =>
  laidDown.parse(await call('POST', '/api/auth/two-factor/enable', { password }))

export async function endSecondFactor(password: string | undefined): Promise<void> {
  await call('POST', '/api/auth/two-factor/disable', { password })
}

export const newRecoveryCodes = async (password: string | undefined): Promise<string[]> =>
  laidDown
    .pick({ backupCodes: true })
    .parse(await call('POST', '/api/auth/two-factor/generate-backup-codes', { password })).backupCodes

const passkeys = z.array(
  z.object({ id: z.string(), name: z.string().nullish(), createdAt: z.string().nullish() }),
)
export type Passkey = z.infer<typeof passkeys>[number]

export const listPasskeys = async (): Promise<Passkey[]> =>
  passkeys.parse(await call('GET', '/api/auth/passkey/list-user-passkeys'))

export async function renamePasskey(id: string, name: string): Promise<void> {
  await call('POST', '/api/auth/passkey/update-passkey', { id, name })
}

export async function deletePasskey(id: string): Promise<void> {
  await call('POST', '/api/auth/passkey/delete-passkey', { id })
}
