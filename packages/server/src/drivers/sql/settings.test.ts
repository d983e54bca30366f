import { expect, test } from 'bun:test'
import { userId } from '@confab/protocol/ids'
import { settingsContract } from '../../ports/settings.contract.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { openSettings } from './settings.ts'
import { type Statements, sqliteStatements } from './statements.ts'
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

test('[SET3] what is asked for in one turn is read by one statement, also where one of it is not set', async () => {
  const database = openDatabase({ file: ':memory:' })
  migrate(database, { now: () => 0 })
  const statements = sqliteStatements(database)
  let asked = 0
  const counted: Statements = {
    ...statements,
    rows(text, values) {
      asked++
      return statements.rows(text, values)
    },
  }
  await using settings = openSettings(counted)
  const actorId = userId.parse('01900000-0000-7000-8000-00000000000a')
  for (const name of ['doors', 'windows'])
    await settings.write({ name, value: { open: name }, actorId, at: 1 })
  const readAll = (names: string[]) => Promise.all(names.map(settings.read))
  asked = 0
  const read = await readAll(['doors', 'roof', 'windows', 'doors'])
  expect({ read, asked }).toEqual({
    read: [{ open: 'doors' }, undefined, { open: 'windows' }, { open: 'doors' }],
    asked: 1,
  })
  // A bound, where many ask for much.
  await readAll(Array.from({ length: 17 }, (_, number) => `setting ${number}`))
  expect(asked).toBe(4)
  database.close()
})
