import type { Database } from 'bun:sqlite'
import { conversationsMigration } from './migrations/0001-conversations.ts'
import { previewInboxMigration } from './migrations/0002-preview-inbox.ts'
import { messageActionsMigration } from './migrations/0003-message-actions.ts'
import { presencesMigration } from './migrations/0004-presences.ts'
import { jobsMigration } from './migrations/0005-jobs.ts'
import { departuresMigration } from './migrations/0006-departures.ts'
import { erasuresMigration } from './migrations/0007-erasures.ts'
import { ordersMigration } from './migrations/0008-orders.ts'
import { doorsMigration } from './migrations/0009-doors.ts'
import { auditLogMigration } from './migrations/0010-audit-log.ts'
import { blocksMigration } from './migrations/0011-blocks.ts'
import { conversationPermissionsMigration } from './migrations/0012-conversation-permissions.ts'
import { exportsMigration } from './migrations/0013-exports.ts'
import { suspensionsMigration } from './migrations/0014-suspensions.ts'
import { reportsMigration } from './migrations/0015-reports.ts'
import { retentionMigration } from './migrations/0016-retention.ts'
import { consentsMigration } from './migrations/0017-consents.ts'
import { ownRetentionMigration } from './migrations/0018-own-retention.ts'
import { handedJobsMigration } from './migrations/0019-handed-jobs.ts'
import { logPositionsMigration } from './migrations/0020-log-positions.ts'
import { logProgressMigration } from './migrations/0021-log-progress.ts'
import { logEpochsMigration } from './migrations/0022-log-epochs.ts'
import { accountsMigration } from './migrations/0023-accounts.ts'
import { shutOutMigration } from './migrations/0024-shut-out.ts'

/**
 * In order; the place in the list is the number. Statements, or what makes them of what is there. A migration
 * that was released is never changed again.
 */
export const migrations: readonly (string | ((database: Database) => void))[] = [
  conversationsMigration,
  previewInboxMigration,
  messageActionsMigration,
  presencesMigration,
  jobsMigration,
  departuresMigration,
  erasuresMigration,
  ordersMigration,
  doorsMigration,
  auditLogMigration,
  blocksMigration,
  conversationPermissionsMigration,
  exportsMigration,
  suspensionsMigration,
  reportsMigration,
  retentionMigration,
  consentsMigration,
  ownRetentionMigration,
  handedJobsMigration,
  logPositionsMigration,
  logProgressMigration,
  logEpochsMigration,
  accountsMigration,
  shutOutMigration,
]
