import { reportsContract } from '../../ports/reports.contract.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { openReports } from './reports.ts'
import { sqliteStatements } from './statements.ts'
import { addSuspended } from './test-suspended.ts'

reportsContract(async () => {
  const database = openDatabase({ file: ':memory:' })
  migrate(database, { now: () => 0 })
  const reports = openReports(sqliteStatements(database))
  return {
    reports,
    addSuspended: (id) => addSuspended(sqliteStatements(database), id),
    async [Symbol.asyncDispose]() {
      await reports[Symbol.asyncDispose]()
      database.close()
    },
  }
})
