import { consentsContract } from '../../ports/consents.contract.ts'
import { openConsents } from './consents.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { sqliteStatements } from './statements.ts'
import { addSuspended } from './test-suspended.ts'

consentsContract(async () => {
  const database = openDatabase({ file: ':memory:' })
  migrate(database, { now: () => 0 })
  const consents = openConsents(sqliteStatements(database))
  return {
    consents,
    addSuspended: (id) => addSuspended(sqliteStatements(database), id),
    async [Symbol.asyncDispose]() {
      await consents[Symbol.asyncDispose]()
      database.close()
    },
  }
})
