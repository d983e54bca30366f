/**
 * What presence costs where everybody watches everybody: a thousand people in twenty conversations each.
 *
 *     npx bun packages/server/test/measure/presence.ts [people]
 */
import { conversationId, type UserId, userId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import { openCommitQueue } from '../../src/domain/delivery/commit-queue.ts'
import { openKeptPresence } from '../../src/domain/presence/kept-presence.ts'
import { openPresenceWatch } from '../../src/domain/presence/presence-watch.ts'
import type { Watcher } from '../../src/domain/presence/watching.ts'
import { openMemoryBus } from '../../src/drivers/memory/bus.ts'
import { openMemoryPresence } from '../../src/drivers/memory/presence.ts'
import { openDatabase } from '../../src/drivers/sql/database.ts'
import { openSqliteStore } from '../../src/drivers/sql/sqlite-store.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { membersOf } from '../../src/seed/members-of.ts'

const people = Number(process.argv[2] ?? 1_000)
const [each, members] = [20, 50]
const gatherMs = 150

const report = (context: string, cause: unknown) => console.error(context, cause)
const clock = systemClock
const store = await openSqliteStore({ database: openDatabase({ file: ':memory:' }), limits: defaultLimits })
const ids: UserId[] = []
for (let number = 0; number < people; number++) {
  const id = userId.parse(Bun.randomUUIDv7())
  await store.createUser({ id, name: `Person ${number}`, handle: `person_${number}`, at: clock.now() })
  ids.push(id)
}
for (let index = 0; index < (people * each) / members; index++) {
  const [actorId, ...memberIds] = membersOf(index, { users: people, members }).map((one) => ids[one])
  if (!actorId) throw new Error('nobody')
  await store.commit([
    {
      write: 'conversation.create',
      conversationId: conversationId.parse(Bun.randomUUIDv7()),
      ...{ actorId, at: clock.now(), kind: 'group', name: 'A group', topic: null, visibility: 'private' },
      memberIds: memberIds.filter((id) => id !== undefined),
    },
  ])
}

const bus = openMemoryBus()
const commits = openCommitQueue({ store, announce: () => undefined, report })
const presence = openKeptPresence({
  board: openMemoryPresence({ clock }),
  ...{ store, commits, clock, report },
})
const watch = openPresenceWatch({ presence, store, bus, clock, report, watchedMax: people })

let [frames, writes] = [0, 0]
const watchers = ids.map(
  (id): Watcher => ({
    userId: id,
    push(...all) {
      frames += all.length
      writes++
    },
  }),
)

/** Wall time without the wait for the gathering, and what was pushed. */
async function measure(what: string, work: () => Promise<unknown>) {
  ;[frames, writes] = [0, 0]
  const startedAt = process.cpuUsage()
  await work()
  let before = -1
  while (before !== frames) {
    before = frames
    await new Promise((resolve) => setTimeout(resolve, gatherMs))
  }
  const { user, system } = process.cpuUsage(startedAt)
  const cpu = ((user + system) / 1_000).toFixed(1)
  console.log(`${what}: ${cpu} ms of CPU, ${frames} frames in ${writes} writes`)
}

const connectAll = () => Promise.all(ids.map((id) => presence.connect(id, 'a socket')))
const watchAll = async () => {
  for (const watcher of watchers) await watch.watch(watcher, ids)
}
await measure('everybody connects and begins to watch, nothing cached', async () => {
  await connectAll()
  await watchAll()
})
const [first] = ids
if (!first) throw new Error('nobody')
await measure('one becomes busy', () => presence.choose(first, 'a socket', 'busy'))
await measure('everybody is cut off and comes back', async () => {
  await Promise.all(ids.map((id) => presence.disconnect(id, 'a socket')))
  for (const watcher of watchers) watch.forget(watcher)
  await connectAll()
  await watchAll()
})
await measure('everybody goes away at once, watched by all', () =>
  Promise.all(ids.map((id) => presence.choose(id, 'a socket', 'away'))),
)
process.exit(0)
