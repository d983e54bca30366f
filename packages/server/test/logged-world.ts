import { defaultLimits } from '@confab/protocol/limits'
import { openDatabase } from '../src/drivers/sql/database.ts'
import { renewEpoch } from '../src/drivers/sql/epoch.ts'
import { openSqlEventLog } from '../src/drivers/sql/event-log.ts'
import { sqliteLogWords } from '../src/drivers/sql/log-positions.ts'
import { openSqliteStore } from '../src/drivers/sql/sqlite-store.ts'
import { sqliteStatements } from '../src/drivers/sql/statements.ts'
import { type Clock, systemClock } from '../src/lib/clock.ts'
import type { EventLog } from '../src/ports/event-log.ts'
import { openWorldOn, type World } from '../src/ports/store-contract/world.contract.ts'

/** A store in memory, a world to write to it, and as many nodes' ways to its log as are asked for. */
export async function openLoggedWorld(stack: AsyncDisposableStack, clock: Clock = systemClock) {
  const database = stack.adopt(openDatabase({ file: ':memory:' }), (open) => open.close())
  const store = stack.use(await openSqliteStore({ database, limits: defaultLimits }))
  const world = await openWorldOn(store)
  const openLog = () =>
    openSqlEventLog({
      statements: sqliteStatements(database),
      words: sqliteLogWords,
      store,
      clock,
      report: () => undefined,
    })
  return { world, database, openLog, renewEpoch: async () => renewEpoch(database) }
}

/** Lets two conversations be followed, and erases one when nobody is at it. Answers the other. */
export async function eraseFollowed(world: World, log: EventLog): Promise<string> {
  const ann = await world.user('ann')
  const [gone, stays] = [await world.group([ann]), await world.group([ann])]
  const left = new Set([gone, stays])
  const followed = Promise.withResolvers<void>()
  const follower = log.follow('readers', async (events) => {
    for (const { conversationId } of events) left.delete(conversationId)
    if (left.size === 0) followed.resolve()
  })
  await followed.promise
  await follower[Symbol.asyncDispose]()
  const on = { conversationId: gone, actorId: ann, at: world.now } as const
  let { rest } = await world.done({ write: 'conversation.delete', ...on })
  while (rest) rest = (await world.done(rest)).rest
  return stays
}
