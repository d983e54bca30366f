import { exportsContract } from '../../ports/exports.contract.ts'
import { openDatabase } from './database.ts'
import { openExports } from './exports.ts'
import { migrate } from './migrate.ts'
import { sqliteStatements } from './statements.ts'

exportsContract(async () => {
  const database = openDatabase({ file: ':memory:' })
  migrate(database, { now: () => 0 })
  const exports = openExports(sqliteStatements(database))
  return {
    exports,
    async [Symbol.asyncDispose]() {
      await exports[Symbol.asyncDispose]()
      database.close()
    },
  }
})
