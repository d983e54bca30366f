import { defaultLimits } from '@confab/protocol/limits'
import { openDatabase } from '../src/drivers/sql/database.ts'
import { openSqlEventLog } from '../src/drivers/sql/event-log.ts'
import { sqliteLogWords } from '../src/drivers/sql/log-positions.ts'
import { openSqliteStore } from '../src/drivers/sql/sqlite-store.ts'
import { sqliteStatements } from '../src/drivers/sql/statements.ts'
import { type Clock, systemClock } from '../src/lib/clock.ts'
import { openWorld } from '../src/ports/store-contract/world.contract.ts'

/** A store in memory, a world to write to it, and as many nodes' ways to its log as are asked for. */
export async function openLoggedWorld(stack: AsyncDisposableStack, clock: Clock = systemClock) {
  const database = stack.adopt(openDatabase({ file: ':memory:' }), (open) => open.close())
  const store = stack.use(await openSqliteStore({ database, limits: defaultLimits }))
  const world = await openWorld(async () => ({
    store,
    reopen: () => Promise.reject(new Error('not reopened')),
    [Symbol.asyncDispose]: async () => undefined,
  }))
  const openLog = () =>
    openSqlEventLog({
      statements: sqliteStatements(database),
      words: sqliteLogWords,
      store,
      clock,
      report: () => undefined,
    })
  return { world, database, openLog }
}
