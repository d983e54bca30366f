import { sealingKey } from '../../lib/test-sealing-key.ts'
import { reportsContract } from '../../ports/reports.contract.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { openReports } from './reports.ts'
import { sqliteStatements } from './statements.ts'
import { addSuspended } from './test-suspended.ts'
import { openTextSeal } from './text-seal.ts'

reportsContract(async () => {
  const database = openDatabase({ file: ':memory:' })
  migrate(database, { now: () => 0 })
  const reports = openReports(sqliteStatements(database), openTextSeal({ keys: [sealingKey('one')] }))
  return {
    reports,
    addSuspended: (id) => addSuspended(sqliteStatements(database), id),
    async [Symbol.asyncDispose]() {
      await reports[Symbol.asyncDispose]()
      database.close()
    },
  }
})
