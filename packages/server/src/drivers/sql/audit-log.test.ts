import { expect, test } from 'bun:test'
import { manualClock } from '../../lib/manual-clock.ts'
import { auditLogContract } from '../../ports/audit-log.contract.ts'
import { appendEntry, entryValues } from './audit-entry.ts'
import { openAuditLog } from './audit-log.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { sqliteStatements } from './statements.ts'

auditLogContract(async ({ clock }) => {
  const database = openDatabase({ file: ':memory:' })
  migrate(database, clock)
  const statements = sqliteStatements(database)
  return {
    ...openAuditLog({ statements, clock }),
    appendNewer: (entry) => statements.change(appendEntry(), entryValues(entry)),
  }
})

test('[AUDIT3] the database itself refuses to change a record, or to delete one of the last year', async () => {
  const clock = manualClock()
  const database = openDatabase({ file: ':memory:' })
  migrate(database, clock)
  await using log = openAuditLog({ statements: sqliteStatements(database), clock })
  const entry = { actorId: null, targetId: null, network: null, detail: {} } as const
  await log.append({ ...entry, action: 'settings.changed', at: clock.now() })
  expect(() => database.run("UPDATE audit_log SET action = 'sign-in'")).toThrow('append-only')
  expect(() => database.run('DELETE FROM audit_log')).toThrow('append-only')
  expect((await log.list({ limit: 10 })).items.map(({ action }) => action)).toEqual(['settings.changed'])
})
