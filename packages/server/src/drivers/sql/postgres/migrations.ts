import { conversationsMigration } from './migrations/0001-conversations.ts'
import { besideConversationsMigration } from './migrations/0002-beside-conversations.ts'
import { ownRetentionMigration } from './migrations/0003-own-retention.ts'
import { accountsMigration } from './migrations/0004-accounts.ts'
import { reportsAndConsentsMigration } from './migrations/0005-reports-and-consents.ts'
import { handedJobsMigration } from './migrations/0006-handed-jobs.ts'
import { twoFactorsMigration } from './migrations/0007-two-factors.ts'
import { logPositionsMigration } from './migrations/0008-log-positions.ts'
import { logProgressMigration } from './migrations/0009-log-progress.ts'
import { logEpochsMigration } from './migrations/0010-log-epochs.ts'
import { shutOutMigration } from './migrations/0011-shut-out.ts'

/**
 * In order; the place in the list is the number. A migration that was released is never changed again, and
 * each leaves what the version before it needs, since that one still serves while this one starts.
 */
export const migrations: readonly string[] = [
  conversationsMigration,
  besideConversationsMigration,
  ownRetentionMigration,
  accountsMigration,
  reportsAndConsentsMigration,
  handedJobsMigration,
  twoFactorsMigration,
  logPositionsMigration,
  logProgressMigration,
  logEpochsMigration,
  shutOutMigration,
]
