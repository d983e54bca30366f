import { expect, test } from 'bun:test'
import { conversationId, userId } from '@confab/protocol/ids'
import { Refusal } from '@confab/protocol/refusal'
import { TookTooLong } from '../../ports/took-too-long.ts'
import type { Committed, Outcome, Write } from '../../ports/writes.ts'
import { openCommitQueue } from './commit-queue.ts'

const id = conversationId.parse('01900000-0000-7000-8000-0000000000c0')
const others = ['b', 'c'].map((digit) => conversationId.parse(`01900000-0000-7000-8000-0000000000c${digit}`))
const actorId = userId.parse('01900000-0000-7000-8000-00000000000a')

const write = (seq: number, conversation = id): Write => ({
  write: 'cursor.move',
  conversationId: conversation,
  actorId,
  at: 0,
  cursor: 'read',
  seq,
})
const committed: Committed = { status: 'committed', fresh: true, events: [], receipts: [], userChanges: [] }

/** A store whose transactions end when the test says so. */
function slowStore() {
  const batches: {
    writes: readonly Write[]
    end: (outcomes?: Outcome[]) => void
    fail: (cause: Error) => void
  }[] = []
  return {
    batches,
    commit: (writes: readonly Write[]) =>
      new Promise<Outcome[]>((resolve, reject) => {
        batches.push({
          writes,
          end: (outcomes = writes.map(() => committed)) => resolve(outcomes),
          fail: reject,
        })
      }),
  }
}

/** The queue with steps that the test runs by hand. */
function setUp({
  queuedMax,
  batchMax,
  spare = { calls: 0 },
}: {
  queuedMax?: number
  batchMax?: number
  spare?: { calls: number }
} = {}) {
  const store = slowStore()
  const steps: (() => void)[] = []
  const later: (() => void)[] = []
  const reports: unknown[] = []
  const told: Committed[][] = []
  const queue = openCommitQueue({
    store,
    soon: (step) => steps.push(step),
    later: (step) => later.push(step),
    announce: (batch) => told.push([...batch]),
    report: (_context, cause) => reports.push(cause),
    spare,
    ...(queuedMax && { queuedMax }),
    ...(batchMax && { batchMax }),
  })
  const step = () => steps.shift()?.()
  return { store, queue, step, reports, told, steps, later }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('[COMMIT1] a lone write waits for nobody', () => {
  const { store, queue, step } = setUp()
  void queue.commit(write(1))
  step()
  expect(store.batches.map(({ writes }) => writes)).toEqual([[write(1)]])
})

test('[COMMIT2] writes that arrive during a transaction share the next one, in their order', async () => {
  const { store, queue, step } = setUp()
  void queue.commit(write(1))
  step()
  void queue.commit(write(2))
  void queue.commit(write(3))
  step()
  expect(store.batches).toHaveLength(1)
  store.batches[0]?.end()
  await settled()
  step()
  expect(store.batches.map(({ writes }) => writes)).toEqual([[write(1)], [write(2), write(3)]])
})

test('[COMMIT3] a full queue refuses with `overloaded` and a time, and takes again when there is room', async () => {
  const { store, queue, step } = setUp({ queuedMax: 2 })
  const first = [queue.commit(write(1)), queue.commit(write(2))]
  await expect(queue.commit(write(3))).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 500 })
  step()
  store.batches[0]?.end()
  expect(await Promise.all(first)).toEqual([committed, committed])
  void queue.commit(write(4))
  step()
  expect(store.batches[1]?.writes).toEqual([write(4)])
})

test('[COMMIT4] one refused write is refused alone', async () => {
  const { store, queue, step } = setUp()
  const both = Promise.allSettled([queue.commit(write(1)), queue.commit(write(2))])
  step()
  store.batches[0]?.end([{ status: 'refused', code: 'not_found' }, committed])
  const [refused, done] = await both
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } })
  expect(done).toEqual({ status: 'fulfilled', value: committed })
})

test('[COMMIT5] of a batch that fails each write goes by itself, and only the one at fault is refused', async () => {
  const { store, queue, step, reports, told } = setUp()
  const both = Promise.allSettled([queue.commit(write(1)), queue.commit(write(2))])
  step()
  store.batches[0]?.fail(new Error('one is at fault'))
  await settled()
  store.batches[1]?.fail(new Error('disk full'))
  await settled()
  store.batches[2]?.end()
  const [refused, done] = await both
  expect(refused).toMatchObject({ reason: { code: 'overloaded', retryAfterMs: 2_000 } })
  expect(done).toEqual({ status: 'fulfilled', value: committed })
  expect(reports).toEqual([new Error('disk full')])
  expect(told).toEqual([[committed]])
  await settled()
  const next = queue.commit(write(3))
  step()
  store.batches[3]?.end()
  expect(await next).toEqual(committed)
})

const overloaded = { status: 'rejected', reason: { code: 'overloaded', retryAfterMs: 2_000 } }
const done = { status: 'fulfilled', value: committed }

test('[COMMIT15] of a batch that took too long each conversation’s part goes by itself, side by side, and one that is held refuses its own alone', async () => {
  const spare = { calls: 1 }
  const { store, queue, step } = setUp({ spare })
  const [b, c] = others
  const all = [write(1), write(1, b), write(2), write(1, c)].map((one) => queue.commit(one))
  step()
  store.batches[0]?.fail(new TookTooLong())
  await settled()
  const written = () => store.batches.slice(1).map(({ writes }) => writes)
  expect(written()).toEqual([[write(1), write(2)], [write(1, b)]])
  store.batches[2]?.end()
  await settled()
  expect(written().slice(2)).toEqual([[write(1, c)]])
  store.batches[3]?.end()
  expect(await Promise.all([all[1], all[3]])).toEqual([committed, committed])

  all.push(queue.commit(write(3)), queue.commit(write(2, b)))
  const outcomes = Promise.allSettled(all)
  store.batches[1]?.fail(new TookTooLong())
  await settled()
  step()
  expect(written().slice(3)).toEqual([[write(2, b)]])
  store.batches[4]?.end()
  expect(await outcomes).toMatchObject([overloaded, done, overloaded, done, overloaded, done])
  expect(spare).toEqual({ calls: 1 })
})

test('[COMMIT16] nobody waits for more than a batch and a part that took too long', async () => {
  const { store, queue, step } = setUp()
  const [b] = others
  const both = Promise.allSettled([queue.commit(write(1)), queue.commit(write(1, b))])
  step()
  for (const batch of [0, 1]) {
    store.batches[batch]?.fail(new TookTooLong())
    await settled()
  }
  expect(await both).toMatchObject([overloaded, overloaded])
  await settled()
  const ofOne = Promise.allSettled([queue.commit(write(2)), queue.commit(write(3))])
  step()
  store.batches[2]?.fail(new TookTooLong())
  expect(await ofOne).toMatchObject([overloaded, overloaded])

  const three = Promise.allSettled([2, 3, 4].map((seq) => queue.commit(write(seq))))
  await settled()
  step()
  store.batches[3]?.fail(new Error('one is at fault'))
  await settled()
  store.batches[4]?.end()
  await settled()
  store.batches[5]?.fail(new TookTooLong())
  expect(await three).toMatchObject([done, overloaded, overloaded])
  expect(store.batches).toHaveLength(6)
})

test('[COMMIT6] what was committed is announced before its writers hear of it', async () => {
  const { store, queue, step, told } = setUp()
  const toldBefore = queue.commit(write(1)).then(() => told.length)
  step()
  expect(told).toHaveLength(0)
  store.batches[0]?.end()
  expect(await toldBefore).toBe(1)
})

test('[COMMIT7] an announcement that fails takes no acknowledgement away', async () => {
  const store = slowStore()
  const reports: unknown[] = []
  const queue = openCommitQueue({
    store,
    soon: (step) => step(),
    announce: () => {
      throw new Error('bus down')
    },
    report: (_context, cause) => reports.push(cause),
  })
  const done = queue.commit(write(1))
  store.batches[0]?.end()
  expect(await done).toEqual(committed)
  expect(reports).toEqual([new Error('bus down')])
})

test('[COMMIT8] a batch is bounded: the rest has the next transaction', async () => {
  const { store, queue, step } = setUp({ batchMax: 2 })
  for (const seq of [1, 2, 3]) void queue.commit(write(seq))
  step()
  store.batches[0]?.end()
  await settled()
  step()
  expect(store.batches.map(({ writes }) => writes.length)).toEqual([2, 1])
})

test('[COMMIT8] a write of many rows counts as many', async () => {
  const { store, queue, step } = setUp({ batchMax: 10 })
  const memberIds = Array.from({ length: 30 }, () => actorId)
  const create: Write = {
    write: 'conversation.create',
    ...{ conversationId: id, actorId, at: 0, kind: 'group', name: 'All', topic: null, visibility: 'private' },
    memberIds,
  }
  for (const one of [write(1), create, write(2), write(3)]) void queue.commit(one)
  for (const batch of [0, 1, 2]) {
    step()
    store.batches[batch]?.end()
    await settled()
  }
  expect(store.batches.map(({ writes }) => writes)).toEqual([[write(1)], [create], [write(2), write(3)]])
})

test('[COMMIT9] a queue that closes takes nothing new and ends when all it took is stored', async () => {
  const { store, queue, step } = setUp()
  const taken = queue.commit(write(1))
  const closed = queue[Symbol.asyncDispose]().then(() => queue.depth)
  await expect(queue.commit(write(2))).rejects.toBeInstanceOf(Refusal)
  step()
  store.batches[0]?.end()
  expect(await taken).toEqual(committed)
  expect(await closed).toBe(0)
})

test('[COMMIT10] what is too large for one transaction is gone on with behind those who wait, until it is done', async () => {
  const { store, queue, step, told } = setUp()
  const rest = { write: 'erasure.continue', at: 0 } as const
  const large = queue.commit(write(1))
  step()
  store.batches[0]?.end([{ ...committed, rest }])
  void queue.commit(write(2))
  expect(await large).toEqual({ ...committed, rest })
  for (const last of [{ ...committed, rest }, committed, committed]) {
    await settled()
    step()
    const batch = store.batches.at(-1)
    void queue.commit(write(3))
    batch?.end([committed, last].slice(0, batch.writes.length))
  }
  await settled()
  expect(store.batches.map(({ writes }) => writes.map((one) => one.write))).toEqual([
    ['cursor.move'],
    ['cursor.move', 'erasure.continue'],
    ['cursor.move', 'erasure.continue'],
    ['cursor.move'],
  ])
  expect(told).toHaveLength(4)
})

test('[COMMIT10] what can’t be gone on with just now is gone on with later', async () => {
  const { store, queue, step, reports, later } = setUp()
  void queue.commit(write(1))
  step()
  store.batches[0]?.end([{ ...committed, rest: { write: 'erasure.continue', at: 0 } }])
  await settled()
  for (const batch of [1, 2]) {
    step()
    store.batches[batch]?.fail(new Error('the disk is full'))
    await settled()
    expect({ depth: queue.depth, reports: reports.length, later: later.length }).toEqual({
      ...{ depth: 0, reports: batch, later: 1 },
    })
    later.pop()?.()
  }
  step()
  store.batches[3]?.end()
  await settled()
  expect({ depth: queue.depth, later: later.length }).toEqual({ depth: 0, later: 0 })
  expect(store.batches[3]?.writes).toEqual([{ write: 'erasure.continue', at: 0 }])
})

test('[COMMIT10] a queue that closes leaves the rest for after the next start', async () => {
  const { store, queue, step } = setUp()
  void queue.commit(write(1))
  step()
  const closed = queue[Symbol.asyncDispose]()
  store.batches[0]?.end([{ ...committed, rest: { write: 'erasure.continue', at: 0 } }])
  await closed
  expect([store.batches.length, queue.depth]).toEqual([1, 0])
})
