import type { Report } from '../../lib/report.ts'
import type { AuditDetail } from '../../ports/audit-entry.ts'
import type { AuditLog } from '../../ports/audit-log.ts'
import type { Identity } from '../../ports/identity.ts'
import type { Bucket, RateLimits } from '../../ports/rate-limits.ts'

/** Of each network: who guesses all day fills no log, and the first guesses are what tells. */
const failuresKept: Bucket = { capacity: 20, perMinute: 1 }

/**
 * Keeps in the audit log who signed in, who failed to, and who changed what opens their account.
 * Its end waits for what is being kept; the log must outlast it.
 */
export function auditIdentity({
  identity,
  audit,
  rateLimits,
  report,
}: {
  identity: Pick<Identity, 'onSignedIn' | 'onSignInFailed' | 'onCredentialChanged' | 'userOf'>
  audit: Pick<AuditLog, 'append'>
  rateLimits: RateLimits
  report: Report
}): AsyncDisposable {
  const underWay = new Set<Promise<void>>()
  const keep = (work: Promise<void>, what = 'a sign-in'): void => {
    const kept = work
      .catch((cause) => report(`${what} is missing in the audit log`, cause))
      .finally(() => underWay.delete(kept))
    underWay.add(kept)
  }

  const stopSuccesses = identity.onSignedIn(({ userId, way, at, network = null, newDevice }) =>
    keep(
      audit.append({
        action: 'sign-in',
        at,
        actorId: userId,
        targetId: null,
        network,
        detail: { way, newDevice } satisfies AuditDetail<'sign-in'>,
      }),
    ),
  )

  const stopFailures = identity.onSignInFailed(({ email, way, at, network = null }) =>
    keep(
      (async () => {
        if (!(await rateLimits.take(`audit ${network}`, failuresKept)).granted) return
        const targetId = (email !== undefined && (await identity.userOf(email))) || null
        await audit.append({
          action: 'sign-in.failed',
          at,
          actorId: null,
          targetId,
          network,
          detail: { way } satisfies AuditDetail<'sign-in.failed'>,
        })
      })(),
    ),
  )

  const stopChanges = identity.onCredentialChanged(({ userId, at, network = null, change }) => {
    const { action, ...detail } = change
    keep(audit.append({ action, at, actorId: userId, targetId: userId, network, detail }), action)
  })

  return {
    async [Symbol.asyncDispose]() {
      stopSuccesses()
      stopFailures()
      stopChanges()
      await Promise.all(underWay)
    },
  }
}
