import { defaultLimits } from '@confab/protocol/limits'
import { systemClock } from '../../lib/clock.ts'
import { eventLogContract } from '../../ports/event-log.contract.ts'
import { openWorld } from '../../ports/store-contract/world.contract.ts'
import { openDatabase } from './database.ts'
import { openSqlEventLog } from './event-log.ts'
import { sqliteLogWords } from './log-positions.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { sqliteStatements } from './statements.ts'

eventLogContract(async () => {
  const stack = new AsyncDisposableStack()
  const database = stack.adopt(openDatabase({ file: ':memory:' }), (open) => open.close())
  const store = stack.use(await openSqliteStore({ database, limits: defaultLimits }))
  const world = await openWorld(async () => ({
    store,
    reopen: () => Promise.reject(new Error('not reopened')),
    [Symbol.asyncDispose]: async () => undefined,
  }))
  const node = () =>
    stack.use(
      openSqlEventLog({
        statements: sqliteStatements(database),
        words: sqliteLogWords,
        store,
        clock: systemClock,
        report: () => undefined,
      }),
    )
  return { world, here: node(), there: node(), [Symbol.asyncDispose]: () => stack.disposeAsync() }
})
