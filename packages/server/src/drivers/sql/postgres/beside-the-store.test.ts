import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { manualClock } from '../../../lib/manual-clock.ts'
import { sealingKey } from '../../../lib/test-sealing-key.ts'
import { auditLogContract } from '../../../ports/audit-log.contract.ts'
import { consentsContract } from '../../../ports/consents.contract.ts'
import { exportsContract } from '../../../ports/exports.contract.ts'
import { invitationsContract } from '../../../ports/invitations.contract.ts'
import { previewInboxContract } from '../../../ports/mailer.contract.ts'
import { reportsContract } from '../../../ports/reports.contract.ts'
import { settingsContract } from '../../../ports/settings.contract.ts'
import { appendEntry, entryValues } from '../audit-entry.ts'
import { openAuditLog } from '../audit-log.ts'
import { openConsents } from '../consents.ts'
import { openExports } from '../exports.ts'
import { openInvitations } from '../invitations.ts'
import { openPreviewInbox } from '../preview-inbox.ts'
import { openReports } from '../reports.ts'
import { openSettings } from '../settings.ts'
import { addSuspended } from '../test-suspended.ts'
import { openTextSeal } from '../text-seal.ts'
import { openPostgres } from './connection.ts'
import { migrate } from './migrate.ts'
import { postgresStatements } from './statements.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

async function open() {
  const stack = new AsyncDisposableStack()
  const { url } = stack.use(await createTestDatabase())
  const postgres = stack.use(await openPostgres({ url, bounds: { connections: 1 } }))
  await migrate(postgres)
  const close = { [Symbol.asyncDispose]: () => stack.disposeAsync() }
  return { postgres, statements: postgresStatements(postgres), close }
}

describe.skipIf(testPostgresUrl === undefined)('on PostgreSQL', () => {
  settingsContract(async () => {
    const { statements, close } = await open()
    return {
      settings: openSettings(statements),
      addSuspended: (id) => addSuspended(statements, id),
      ...close,
    }
  })
  invitationsContract(async () => {
    const { statements, close } = await open()
    return { invitations: openInvitations(statements), ...close }
  })
  reportsContract(async () => {
    const { statements, close } = await open()
    return {
      reports: openReports(statements, openTextSeal({ keys: [sealingKey('one')] })),
      addSuspended: (id) => addSuspended(statements, id),
      ...close,
    }
  })
  consentsContract(async () => {
    const { statements, close } = await open()
    return {
      consents: openConsents(statements),
      addSuspended: (id) => addSuspended(statements, id),
      ...close,
    }
  })
  auditLogContract(async ({ clock }) => {
    const { statements, close } = await open()
    return {
      ...openAuditLog({ statements, clock }),
      appendNewer: (entry) => statements.change(appendEntry(), entryValues(entry)),
      ...close,
    }
  })
  exportsContract(async () => {
    const { statements, close } = await open()
    return { exports: openExports(statements), ...close }
  })
  previewInboxContract(async ({ clock, log }) => {
    const { statements, close } = await open()
    return { ...openPreviewInbox({ statements, clock, log }), ...close }
  })

  test('[AUDIT3] the database itself refuses to change a record, or to delete one of the last year', async () => {
    const { postgres, statements, close } = await open()
    await using _ = close
    const clock = manualClock()
    const log = openAuditLog({ statements, clock })
    const entry = { actorId: null, targetId: null, network: null, detail: {} } as const
    await log.append({ ...entry, action: 'settings.changed', at: clock.now() })
    await expect(postgres.script("UPDATE audit_log SET action = 'sign-in'")).rejects.toThrow('append-only')
    await expect(postgres.script('DELETE FROM audit_log')).rejects.toThrow('append-only')
    expect((await log.list({ limit: 10 })).items.map(({ action }) => action)).toEqual(['settings.changed'])
  })
})
