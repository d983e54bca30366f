import { call } from './call.ts'

/** After the first factor, which this browser's cookie remembers for ten minutes. */
export async function giveSecondFactor(code: string, of: 'app' | 'recovery'): Promise<void> {
  await call('POST', `/api/auth/two-factor/verify-${of === 'app' ? 'totp' : 'backup-code'}`, { code })
}
