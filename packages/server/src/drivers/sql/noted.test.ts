import { defaultLimits } from '@confab/protocol/limits'
import { manualClock } from '../../lib/manual-clock.ts'
import { notedContract } from '../../ports/noted.contract.ts'
import { openDatabase } from './database.ts'
import { openSqlQueue } from './queue.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { sqliteStatements } from './statements.ts'
import { openNotedPorts } from './test-noted-ports.ts'

notedContract(async () => {
  const stack = new AsyncDisposableStack()
  const clock = manualClock()
  const database = stack.adopt(openDatabase({ file: ':memory:' }), (open) => open.close())
  const store = stack.use(await openSqliteStore({ database, limits: defaultLimits, clock }))
  const key = new Uint8Array(32).fill(1)
  return {
    ...openNotedPorts(sqliteStatements(database), clock),
    store,
    queue: stack.use(openSqlQueue({ database, clock, key, report: () => undefined })),
    async refuseAppends(refused) {
      database.run(
        refused
          ? `CREATE TRIGGER refused BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'refused'); END`
          : 'DROP TRIGGER refused',
      )
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
})
