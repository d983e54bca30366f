import type { UserId } from '@confab/protocol/ids'
import type { Clock } from '../../lib/clock.ts'
import type { Noted } from '../../ports/audit-entry.ts'
import { sessionTables } from '../better-auth/sessions.ts'
import { openAuditLog } from './audit-log.ts'
import { openExports } from './exports.ts'
import { openInvitations } from './invitations.ts'
import { openReports } from './reports.ts'
import { openSettings } from './settings.ts'
import type { Statements } from './statements.ts'
import { openTextSeal } from './text-seal.ts'

/** Those of a test's ports that are the same on both engines. */
export function openNotedPorts(statements: Statements, clock: Clock) {
  const tables = sessionTables(statements, { lifeMs: 1_000, longestMs: 1_000 })
  return {
    audit: openAuditLog({ statements, clock }),
    settings: openSettings(statements),
    invitations: openInvitations(statements),
    reports: openReports(statements, openTextSeal({})),
    exports: openExports(statements),
    identity: {
      endSessions: async (id: UserId, { noted }: Noted = {}) => void (await tables.endAll(id, noted)),
      removeSecondFactor: (id: UserId, { noted }: Noted) => tables.eraseSecondFactor(id, noted),
    },
    async addAccount(id: UserId) {
      const at = new Date(clock.now()).toISOString()
      await statements.change(
        `INSERT INTO auth_user (id, name, email, "emailVerified", "createdAt", "updatedAt", "twoFactorEnabled")
        VALUES (?1, 'Ann', 'ann@example.com', TRUE, ?2, ?2, TRUE)`,
        [id, at],
      )
      await statements.change(
        `INSERT INTO auth_session (id, "expiresAt", token, "createdAt", "updatedAt", "userId")
        VALUES (?1, ?2, 'a token', ?2, ?2, ?3)`,
        [Bun.randomUUIDv7(), at, id],
      )
    },
  }
}
