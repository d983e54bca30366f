import { expect, test } from 'bun:test'
import { eraseFollowed, openLoggedWorld } from '../../../test/logged-world.ts'
import { until } from '../../../test/until.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import { eventLogContract } from '../../ports/event-log.contract.ts'

eventLogContract(async () => {
  const stack = new AsyncDisposableStack()
  const { openLog, ...opened } = await openLoggedWorld(stack)
  const close = { [Symbol.asyncDispose]: () => stack.disposeAsync() }
  return { ...opened, here: stack.use(openLog()), there: stack.use(openLog()), ...close }
})

test('[EVENTLOG10] what a commit has not noted is found within minutes by who follows all the time', async () => {
  await using stack = new AsyncDisposableStack()
  const clock = manualClock()
  const { world, database, openLog } = await openLoggedWorld(stack, clock)
  const ann = await world.user('ann')
  const group = await world.group([ann])
  const given: number[] = []
  stack.use(stack.use(openLog()).follow('readers', async (events) => void given.push(...events.map(seqOf))))
  // Within five minutes of the follower's clock.
  const becomes = async (seqs: readonly number[]) => {
    for (let looks = 0; looks < 3_000 && given.length < seqs.length; looks++) {
      clock.advance(100)
      await new Promise(setImmediate)
    }
    expect(given).toEqual([...seqs])
  }
  await becomes([1])
  // As a version does that knows of no followers, or a commit that looked before this one was there.
  const call = (name: string) => database.run('UPDATE log_followers SET name = ?', [name])
  call('nobody')
  await world.send(group, ann)
  call('readers')
  await becomes([1, 2])
})

test('[EVENTLOG11] of a conversation that is erased no follower’s place is kept', async () => {
  await using stack = new AsyncDisposableStack()
  const { world, database, openLog } = await openLoggedWorld(stack)
  const stays = await eraseFollowed(world, stack.use(openLog()))
  const kept = database.query('SELECT DISTINCT conversation FROM log_positions').all()
  expect(kept).toEqual([{ conversation: stays }])
})

test('[EVENTLOG12] how long ago all was handled is told: longer and longer while a handler is at it', async () => {
  await using stack = new AsyncDisposableStack()
  const { world, openLog } = await openLoggedWorld(stack)
  const ann = await world.user('ann')
  const group = await world.group([ann])
  const log = stack.use(openLog())
  const [entered, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const held = async () => {
    entered.resolve()
    await released.promise
  }
  expect(await log.doneAgoMs('readers')).toBe(Number.POSITIVE_INFINITY)
  await using _ = log.follow('readers', async (events) => {
    if (events.some(({ seq }) => seq === 2)) await held()
  })
  const since = (start: number) => performance.now() - start
  const isDoneSince = (start: number) => until(async () => (await log.doneAgoMs('readers')) <= since(start))
  await isDoneSince(performance.now())
  await world.send(group, ann)
  const sent = performance.now()
  await entered.promise
  const ago = since(sent)
  // The two clocks count whole milliseconds.
  expect((await log.doneAgoMs('readers')) + 2).toBeGreaterThan(ago)
  released.resolve()
  await isDoneSince(performance.now())
})

const seqOf = ({ seq }: { seq: number }) => seq
