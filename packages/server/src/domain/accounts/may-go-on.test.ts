import { expect, test } from 'bun:test'
import { sessionId, userId } from '@confab/protocol/ids'
import { noAddresses, openDoors } from '../../../test/open-doors.ts'
import { openDatabase } from '../../drivers/sql/database.ts'
import { migrate } from '../../drivers/sql/migrate.ts'
import { openSettings } from '../../drivers/sql/settings.ts'
import { sqliteStatements } from '../../drivers/sql/statements.ts'
import { heldBackBy } from './may-go-on.ts'

test('[SET3] whether somebody may go on is one question to the database where nothing is required', async () => {
  const database = openDatabase({ file: ':memory:' })
  migrate(database, { now: () => 0 })
  const statements = sqliteStatements(database)
  const asked: string[] = []
  await using settings = openSettings({
    ...statements,
    rows(text, values) {
      asked.push(text)
      return statements.rows(text, values)
    },
  })
  const { accountDefaults, consents } = openDoors
  const domain = {
    settings,
    accountDefaults,
    consents,
    identity: noAddresses,
    store: { accountsOf: notAsked },
  }
  const session = {
    userId: userId.parse('01900000-0000-7000-8000-00000000000a'),
    sessionId: sessionId.parse('a session'),
  }
  expect(await heldBackBy(domain, session)).toBeUndefined()
  expect(asked).toHaveLength(1)
  database.close()
})

const notAsked = () => Promise.reject(new Error('nobody is asked for'))
