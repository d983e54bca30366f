import { expect, test } from 'bun:test'
import type { Clock } from '../lib/clock.ts'
import { manualClock } from '../lib/manual-clock.ts'
import { GivenUp, type Job, type Queue, retryDelayMs } from './queue.ts'

export interface OpenQueue {
  clock: Clock
  /** Two that are opened with one place share their jobs, the second after the first has gone. */
  place: string
}

/** `settle` resolves when what is due has been handed over and every handler has ended. */
export function queueContract(
  open: (options: OpenQueue) => Promise<Queue & { settle(): Promise<void> }>,
): void {
  let places = 0
  const aPlace = () => `queue-${++places}`
  const mail = (payload: string) => ({ kind: 'mail', payload }) as const

  test('[QUEUE1] a job that was added is done once, with its payload', async () => {
    await using queue = await open({ clock: manualClock(), place: aPlace() })
    const done: string[] = []
    await using _ = queue.work('mail', { atOnce: 2 }, async ({ payload }) => void done.push(payload))
    await queue.add(mail('{"a":"✓"}'))
    await queue.add(mail('{"a":2}'))
    await queue.settle()
    expect(done).toEqual(['{"a":"✓"}', '{"a":2}'])
    expect(await queue.counts()).toEqual({ waiting: 0, dead: 0 })
  })

  test('[QUEUE10] those that are meant are erased, waiting or dead, and no others', async () => {
    await using queue = await open({ clock: manualClock(), place: aPlace() })
    const done: string[] = []
    await using dying = queue.work('mail', { atOnce: 1 }, () => Promise.reject(new GivenUp('dies')))
    await queue.add(mail('ann dead'))
    await queue.add(mail('bob dead'))
    await queue.settle()
    await dying[Symbol.asyncDispose]()
    await queue.add(mail('ann waits'))
    await queue.add(mail('bob waits'))
    await queue.add({ kind: 'export', payload: 'ann exports' })
    await queue.forget('mail', (payload) => payload.startsWith('ann'))
    expect(await queue.counts()).toEqual({ waiting: 2, dead: 1 })
    await using _ = queue.work('mail', { atOnce: 1 }, async ({ payload }) => void done.push(payload))
    await queue.settle()
    expect(done).toEqual(['bob waits'])
  })

  test('[QUEUE12] they are looked at in batches, however many wait: others have their turn between two', async () => {
    await using queue = await open({ clock: manualClock(), place: aPlace() })
    const many = 3 * 200 + 1
    for (let number = 1; number <= many; number++)
      await queue.add(mail(number % 2 === 0 ? 'ann' : `bob ${number}`))
    let looked = 0
    const forgotten = queue.forget('mail', (payload) => {
      looked++
      return payload === 'ann'
    })
    const turn = Promise.withResolvers<number>()
    setImmediate(() => turn.resolve(looked))
    await forgotten
    expect(await turn.promise).toBeLessThan(many)
    expect(looked).toBe(many)
    expect(await queue.counts()).toEqual({ waiting: 301, dead: 0 })
  })

  test('[QUEUE1] a job waits for a worker of its kind', async () => {
    await using queue = await open({ clock: manualClock(), place: aPlace() })
    const done: string[] = []
    await queue.add(mail('1'))
    await using other = queue.work('export', { atOnce: 1 }, async () => void done.push('export'))
    await queue.settle()
    expect(done).toEqual([])
    await using mine = queue.work('mail', { atOnce: 1 }, async () => void done.push('mail'))
    await queue.settle()
    expect(done).toEqual(['mail'])
    expect([other, mine]).toHaveLength(2)
  })

  test('[QUEUE2] a job is not done before its time', async () => {
    const clock = manualClock()
    await using queue = await open({ clock, place: aPlace() })
    const done: string[] = []
    await using _ = queue.work('mail', { atOnce: 1 }, async () => void done.push('now'))
    await queue.add({ ...mail('1'), dueAt: clock.now() + 5_000 })
    clock.advance(4_999)
    await queue.settle()
    expect(done).toEqual([])
    clock.advance(1)
    await queue.settle()
    expect(done).toEqual(['now'])
  })

  test('[QUEUE3] a job that fails comes back after a growing delay, and tells which try it is', async () => {
    const clock = manualClock()
    await using queue = await open({ clock, place: aPlace() })
    const attempts: [attempt: number, after: number][] = []
    const begun = clock.now()
    await using _ = queue.work('mail', { atOnce: 1 }, async ({ attempt }) => {
      attempts.push([attempt, clock.now() - begun])
      if (attempt < 3) throw new Error('not yet')
    })
    await queue.add(mail('1'))
    const stepMs = 1_000
    for (let passed = 0; passed < 30; passed++) {
      await queue.settle()
      clock.advance(stepMs)
    }
    expect(attempts.map(([attempt]) => attempt)).toEqual([1, 2, 3])
    const [first = 0, second = 0, third = 0] = attempts.map(([, after]) => after)
    expect(first).toBe(0)
    expect(second).toBeGreaterThanOrEqual(2_500)
    expect(second).toBeLessThanOrEqual(5_000)
    expect(third - second).toBeGreaterThanOrEqual(10_000)
    // It begins within a step of the clock, and has failed at the step's end.
    expect(third - second).toBeLessThanOrEqual(20_000 + stepMs)
    expect(await queue.counts()).toEqual({ waiting: 0, dead: 0 })
  })

  test('[QUEUE4] after its last try a job is a dead letter, which can be tried again or forgotten', async () => {
    const clock = manualClock()
    await using queue = await open({ clock, place: aPlace() })
    let broken = true
    const done: string[] = []
    await using _ = queue.work('mail', { atOnce: 1 }, async ({ payload }) => {
      if (broken) throw new Error(`550 no such mailbox`)
      done.push(payload)
    })
    const addedAt = clock.now()
    await queue.add({ ...mail('first'), attemptsMax: 1 })
    await queue.settle()
    clock.advance(1_000)
    await queue.add({ ...mail('second'), attemptsMax: 1 })
    await queue.settle()
    const letters = await queue.deadLetters({ limit: 10 })
    expect(letters.map(({ id, ...letter }) => letter)).toEqual([
      {
        kind: 'mail',
        addedAt: addedAt + 1_000,
        diedAt: addedAt + 1_000,
        attempts: 1,
        problem: '550 no such mailbox',
      },
      { kind: 'mail', addedAt, diedAt: addedAt, attempts: 1, problem: '550 no such mailbox' },
    ])
    const [second, first] = letters.map(({ id }) => id)
    if (!first || !second) throw new Error('two letters')
    expect((await queue.deadLetters({ before: second, limit: 10 })).map(({ id }) => id)).toEqual([first])
    broken = false
    expect(await queue.retry(first)).toBe(true)
    expect(await queue.retry(first)).toBe(false)
    expect(await queue.discard(second)).toBe(true)
    expect(await queue.discard(second)).toBe(false)
    await queue.settle()
    expect(done).toEqual(['first'])
    expect(await queue.counts()).toEqual({ waiting: 0, dead: 0 })
  })

  test('[QUEUE4] a job that its handler gives up is dead at once', async () => {
    await using queue = await open({ clock: manualClock(), place: aPlace() })
    let attempts = 0
    await using _ = queue.work('mail', { atOnce: 1 }, async () => {
      attempts++
      throw new GivenUp('nobody lives there')
    })
    await queue.add(mail('1'))
    await queue.settle()
    const letters = await queue.deadLetters({ limit: 10 })
    expect([attempts, letters.map(({ problem }) => problem)]).toEqual([1, ['nobody lives there']])
  })

  test('[QUEUE5] one with the key of a job that is not done is not added again', async () => {
    await using queue = await open({ clock: manualClock(), place: aPlace() })
    const done: string[] = []
    await queue.add({ ...mail('1'), key: 'k' })
    await queue.add({ ...mail('2'), key: 'k' })
    await using _ = queue.work('mail', { atOnce: 1 }, async ({ payload }) => void done.push(payload))
    await queue.settle()
    await queue.add({ ...mail('3'), key: 'k' })
    await queue.settle()
    expect(done).toEqual(['1', '3'])
  })

  test('[QUEUE6] no more are under way at once than asked for, and a slow one holds up no other', async () => {
    await using queue = await open({ clock: manualClock(), place: aPlace() })
    const held = Promise.withResolvers<void>()
    const third = Promise.withResolvers<void>()
    let underWay = 0
    let most = 0
    await using _ = queue.work('mail', { atOnce: 2 }, async ({ payload }) => {
      most = Math.max(most, ++underWay)
      if (payload === '1') await held.promise
      if (payload === '3') third.resolve()
      underWay--
    })
    for (const payload of ['1', '2', '3']) await queue.add(mail(payload))
    await third.promise
    held.resolve()
    await queue.settle()
    expect([most, underWay]).toEqual([2, 0])
  })

  test('[QUEUE7] stopping waits for what has begun, begins nothing, and leaves the rest to the next', async () => {
    const place = aPlace()
    const done: string[] = []
    const take = async ({ payload }: Job) => void done.push(payload)
    {
      await using queue = await open({ clock: manualClock(), place })
      const begun = Promise.withResolvers<void>()
      const held = Promise.withResolvers<void>()
      const worker = queue.work('mail', { atOnce: 1 }, async (job) => {
        begun.resolve()
        await held.promise
        await take(job)
      })
      await queue.add(mail('1'))
      await queue.add(mail('2'))
      await begun.promise
      expect(await queue.counts()).toEqual({ waiting: 2, dead: 0 })
      const stopped = worker[Symbol.asyncDispose]()
      held.resolve()
      await stopped
      expect(done).toEqual(['1'])
    }
    await using queue = await open({ clock: manualClock(), place })
    await using _ = queue.work('mail', { atOnce: 1 }, take)
    await queue.settle()
    expect(done).toEqual(['1', '2'])
  })

  test('[QUEUE3] the delay is at least half of what it may be, and never more than 6 hours', () => {
    const range = (failures: number) => [retryDelayMs(failures, () => 0), retryDelayMs(failures, () => 1)]
    expect([1, 2, 5, 9].map(range)).toEqual([
      [2_500, 5_000],
      [10_000, 20_000],
      [640_000, 1_280_000],
      [10_800_000, 21_600_000],
    ])
  })
}
