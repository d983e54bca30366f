import { expect, test } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import { openDatabase } from '../../drivers/sql/database.ts'
import { openSqliteStore } from '../../drivers/sql/sqlite-store.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import { openWorldOn } from '../../ports/store-contract/world.contract.ts'
import { openCommitQueue } from '../delivery/commit-queue.ts'
import { resumeErasures } from './resume-erasures.ts'

test('[COMMIT10] what an earlier process had begun to erase is erased by the next one, which else writes nothing', async () => {
  const database = openDatabase({ file: ':memory:' })
  const store = await openSqliteStore({ database, limits: defaultLimits })
  await using world = await openWorldOn(store, async () => {
    await store[Symbol.asyncDispose]()
    database.close()
  })
  const ana = await world.user('ana')
  const group = await world.group([ana])
  await store.commit(Array.from({ length: 1_200 }, () => world.message(group, ana)))
  // Straight to the store, as if the process had ended before the queue went on.
  const on = { conversationId: group, actorId: ana, at: world.now }
  await world.done({ write: 'conversation.delete', ...on })
  const left = () => database.query<{ n: number }, []>('SELECT count(*) AS n FROM messages').get()?.n
  expect(left()).toBe(1_200)

  let writes = 0
  let isFull = true
  const counting: Pick<typeof store, 'commit'> = {
    commit: async (batch) => {
      if (isFull) throw new Error('the disk is full')
      writes += batch.length
      return store.commit(batch)
    },
  }
  const reports: string[] = []
  const report = (context: string) => void reports.push(context)
  await using commits = openCommitQueue({ store: counting, announce: () => undefined, report })
  const clock = manualClock()
  const resume = () => resumeErasures({ store, commits, clock, report })
  await resume()
  expect({ left: left(), reports: reports.length }).toEqual({ left: 1_200, reports: 2 })
  isFull = false
  clock.advance(5_000)
  while (await store.isErasing()) await new Promise<void>((resolve) => setImmediate(resolve))
  expect(left()).toBe(0)
  while (commits.depth > 0) await new Promise<void>((resolve) => setImmediate(resolve))
  const before = writes
  await resume()
  expect(writes).toBe(before)
})
