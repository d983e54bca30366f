import type { AccountSettings } from '@confab/protocol/account-settings'
import type { Limits } from '@confab/protocol/limits'
import type { Clock } from '../lib/clock.ts'
import type { Report } from '../lib/report.ts'
import type { AuditLog } from '../ports/audit-log.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Bus } from '../ports/bus.ts'
import type { Consents } from '../ports/consents.ts'
import type { Exports } from '../ports/exports.ts'
import type { Identity } from '../ports/identity.ts'
import type { Invitations } from '../ports/invitations.ts'
import type { KeptMails } from '../ports/mailer.ts'
import type { PresenceBoard } from '../ports/presence.ts'
import type { Queue } from '../ports/queue.ts'
import type { Reports } from '../ports/reports.ts'
import type { Settings } from '../ports/settings.ts'
import type { Store } from '../ports/store.ts'
import type { CommitQueue } from './delivery/commit-queue.ts'
import type { Limiter } from './limits/limiter.ts'

/** What every action works with: the ports, and the few things that the domain keeps running itself. */
export interface Domain {
  store: Store
  bus: Bus
  presence: PresenceBoard
  identity: Pick<
    Identity,
    | 'emailOf'
    | 'emailsOf'
    | 'findByEmail'
    | 'sessions'
    | 'withSessions'
    | 'confirm'
    | 'endSessions'
    | 'withSecondFactor'
    | 'withTwoFactors'
    | 'removeSecondFactor'
    | 'erase'
  >
  /** Where mails lie that a person could still be found by, here and on their way. */
  mails: KeptMails
  /** Undefined where the installation runs without limits, for a benchmark. */
  rateLimits: Limiter | undefined
  limits: Limits
  settings: Settings
  invitations: Invitations
  reports: Reports
  /** Which doors are open as long as no administrator has set it. */
  accountDefaults: AccountSettings
  audit: Pick<AuditLog, 'append' | 'list'>
  /** From where somebody acts on it who asks (`actingFrom`); what a worker does comes from nowhere. */
  network?: string | null | undefined
  queue: Pick<Queue, 'add' | 'deadLetters' | 'retry' | 'discard'>
  exports: Exports
  consents: Consents
  blobs: Blobs
  commits: CommitQueue
  clock: Clock
  /** A new UUIDv7. */
  newId: () => string
  /**
   * Keys the hash of a message's content, so that the stored hash gives no text away; cursors by a key of it.
   */
  contentSecret: Uint8Array
  report: Report
}
