import { invitationsContract } from '../../ports/invitations.contract.ts'
import { openDatabase } from './database.ts'
import { openInvitations } from './invitations.ts'
import { migrate } from './migrate.ts'
import { sqliteStatements } from './statements.ts'

invitationsContract(async () => {
  const database = openDatabase({ file: ':memory:' })
  migrate(database, { now: () => 0 })
  const invitations = openInvitations(sqliteStatements(database))
  return {
    invitations,
    async [Symbol.asyncDispose]() {
      await invitations[Symbol.asyncDispose]()
      database.close()
    },
  }
})
