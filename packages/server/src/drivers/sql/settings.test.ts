import { settingsContract } from '../../ports/settings.contract.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { openSettings } from './settings.ts'
import { sqliteStatements } from './statements.ts'
import { addSuspended } from './test-suspended.ts'

settingsContract(async () => {
  const database = openDatabase({ file: ':memory:' })
  migrate(database, { now: () => 0 })
  const settings = openSettings(sqliteStatements(database))
  return {
    settings,
    addSuspended: (id) => addSuspended(sqliteStatements(database), id),
    async [Symbol.asyncDispose]() {
      await settings[Symbol.asyncDispose]()
      database.close()
    },
  }
})
