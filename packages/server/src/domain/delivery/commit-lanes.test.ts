import { expect, test } from 'bun:test'
import { type ConversationId, conversationId, userId } from '@confab/protocol/ids'
import type { ChangeConversation, Committed, Outcome, Write } from '../../ports/writes.ts'
import { openCommitLanes } from './commit-lanes.ts'
import { batchRowsMax } from './commit-queue.ts'

const actorId = userId.parse('01900000-0000-7000-8000-00000000000a')
/** The last digit says on which of two shards it lies. */
const idOf = (digit: number) => conversationId.parse(`01900000-0000-7000-8000-0000000000c${digit}`)
const twoShards = { count: 2, of: (id: ConversationId) => Number(id.at(-1)) % 2 }
const committed: Committed = { status: 'committed', fresh: true, events: [], receipts: [], userChanges: [] }

const read = (digit: number, seq = 1): Write => ({
  ...{ write: 'cursor.move', conversationId: idOf(digit), actorId, at: 0, cursor: 'read', seq },
})
const mute = (digit: number): Write => ({
  ...{ write: 'membership.change', conversationId: idOf(digit), actorId, at: 0, change: { muted: true } },
})
const change = (digit: number, changed: ChangeConversation['change']): Write => ({
  ...{ write: 'conversation.change', conversationId: idOf(digit), actorId, at: 0, change: changed },
})
const promote = (digit: number): Write => ({
  ...{ write: 'member.change', conversationId: idOf(digit), actorId, at: 0, userId: actorId, role: 'admin' },
})
const rest = { write: 'erasure.continue', at: 0 } as const

/** Lanes of a store whose transactions end when the test says so. */
function setUp() {
  const batches: { writes: readonly Write[]; end: (outcomes?: Outcome[]) => void }[] = []
  const lanes = openCommitLanes({
    shards: twoShards,
    store: {
      commit: (writes) =>
        new Promise<Outcome[]>((resolve) => {
          batches.push({ writes, end: (outcomes = writes.map(() => committed)) => resolve(outcomes) })
        }),
    },
    announce: () => undefined,
    report: (_context, cause) => {
      throw cause
    },
  })
  const commit = (...writes: Write[]) => writes.map((write) => lanes.commit(write))
  const written = () => batches.map(({ writes }) => writes)
  return { lanes, commit, batches, written }
}

/** A lane starts on what came together by `setImmediate`, and so does this, behind it. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('[COMMIT11] a batch is one shard’s, in the order it came, and those of several are under way at once', async () => {
  const { commit, written } = setUp()
  commit(read(0), read(1), read(2), read(3), read(0, 2))
  await settled()
  expect(written()).toEqual([
    [read(0), read(2), read(0, 2)],
    [read(1), read(3)],
  ])
})

test('[COMMIT11] where conversations lie together, so do their writes', async () => {
  const lanes = openCommitLanes({
    ...{ shards: undefined, announce: () => undefined, report: () => undefined },
    store: { commit: async (writes) => writes.map(() => ({ ...committed, fresh: writes.length === 3 })) },
  })
  const all = await Promise.all([read(0), mute(1), read(2)].map((write) => lanes.commit(write)))
  expect(all).toEqual([committed, committed, committed])
})

test('[COMMIT12] what changes what is a person’s own besides, or no one conversation, shares no batch with what does not', async () => {
  const { commit, written } = setUp()
  const away: Write = { write: 'presences.keep', presences: [] }
  commit(read(0), mute(0), away, mute(2), read(2))
  await settled()
  expect(written()).toEqual([[read(0), read(2)], [mute(0), mute(2)], [away]])
})

test('[COMMIT12] what the audit log keeps shares no batch with what it doesn’t', async () => {
  const { commit, written } = setUp()
  const renamed = change(0, { name: 'Tandems' })
  const ruled = change(0, { name: 'Tandems', retentionDays: null })
  commit(read(0), ruled, promote(0), renamed, read(2))
  await settled()
  expect(written()).toEqual([
    [read(0), renamed, read(2)],
    [ruled, promote(0)],
  ])
})

test('[COMMIT13] a shard that doesn’t answer holds up nobody of another, and fills no queue but its own', async () => {
  const released = Promise.withResolvers<void>()
  const queuedMax = 1
  const lanes = openCommitLanes({
    ...{ shards: twoShards, queuedMax, announce: () => undefined, report: () => undefined },
    store: {
      async commit(writes) {
        if (writes.some((write) => 'conversationId' in write && twoShards.of(write.conversationId) === 0))
          await released.promise
        return writes.map(() => committed)
      },
    },
  })
  const stuck = Array.from({ length: batchRowsMax }, (_, seq) => lanes.commit(read(0, seq)))
  await expect(lanes.commit(read(0))).rejects.toMatchObject({ code: 'overloaded' })
  expect(lanes.depth).toBe(batchRowsMax)
  for (const seq of [1, 2, 3]) expect(await lanes.commit(read(1, seq))).toEqual(committed)
  released.resolve()
  expect(await Promise.all(stuck)).toEqual(stuck.map(() => committed))
})

test('[COMMIT14] what was too much for one transaction is gone on with by itself, whatever shard it was of', async () => {
  const { commit, batches, written } = setUp()
  commit(mute(0), mute(1))
  await settled()
  for (const batch of batches.slice(0, 2)) batch.end([{ ...committed, rest }])
  await settled()
  await settled()
  expect(written()).toEqual([[mute(0)], [mute(1)], [rest]])
})

test('[COMMIT14] what comes while a step is under way has a step behind that one, which may have looked before', async () => {
  const { commit, batches, written } = setUp()
  commit(mute(0), mute(1))
  await settled()
  const [first, second] = batches
  first?.end([{ ...committed, rest }])
  await settled()
  await settled()
  second?.end([{ ...committed, rest }])
  await settled()
  expect(written()).toEqual([[mute(0)], [mute(1)], [rest]])
  for (const steps of [2, 2]) {
    batches.at(-1)?.end()
    await settled()
    await settled()
    expect(written().slice(2)).toEqual(Array.from({ length: steps }, () => [rest]))
  }
})

test('[COMMIT9] lanes that close end when all that they took is stored', async () => {
  const { lanes, commit, batches } = setUp()
  const taken = commit(read(0), read(1))
  const closed = lanes[Symbol.asyncDispose]().then(() => lanes.depth)
  await expect(lanes.commit(read(2))).rejects.toMatchObject({ code: 'overloaded' })
  await settled()
  expect(lanes.depth).toBe(2)
  for (const batch of batches) batch.end()
  expect(await Promise.all(taken)).toEqual([committed, committed])
  expect(await closed).toBe(0)
})
