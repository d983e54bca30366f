import { expect, test } from 'bun:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { userId } from '@confab/protocol/ids'
import { openMemoryRateLimits } from '../../drivers/memory/rate-limits.ts'
import { createListeners } from '../../lib/listeners.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import type { CredentialChanged, SignedIn, SignInFailed } from '../../ports/identity.ts'
import { auditIdentity } from './audit-identity.ts'

const ana = userId.parse('01900000-0000-7000-8000-00000000000a')
const report = (_context: string, cause: unknown) => {
  throw cause
}

test('[AUDIT11] its end waits for what is being kept', async () => {
  const signedIn = createListeners<SignedIn>({ name: 'sign-ins', report })
  const failed = createListeners<SignInFailed>({ name: 'failed sign-ins', report })
  const changed = createListeners<CredentialChanged>({ name: 'changed credentials', report })
  const kept: string[] = []
  const auditing = auditIdentity({
    identity: {
      onSignedIn: signedIn.add,
      onSignInFailed: failed.add,
      onCredentialChanged: changed.add,
      userOf: async () => ana,
    },
    audit: {
      async append({ action }) {
        await nextTurn()
        kept.push(action)
      },
    },
    rateLimits: openMemoryRateLimits({ clock: manualClock() }),
    report,
  })
  const at = 1
  const news = { userId: ana, at, network: undefined }
  failed.tell({ way: 'code', at, network: undefined, userAgent: undefined, email: 'ana@example.com' })
  changed.tell({ ...news, change: { action: 'password.changed', by: 'link' } })
  await auditing[Symbol.asyncDispose]()
  expect(kept.toSorted()).toEqual(['password.changed', 'sign-in.failed'])
  changed.tell({ ...news, change: { action: 'passkey.added' } })
  await nextTurn()
  await nextTurn()
  expect(kept).toHaveLength(2)
})
