import { expect, test } from 'bun:test'
import { until } from './until.ts'
import { cell, Notifier } from './value.ts'

const notifier = new Notifier(() => undefined)

test('[SDK74] until answers at once what fits already, else the first that does', async () => {
  const count = cell(notifier, 1)
  expect(await until(count)).toBe(1)
  const third = until(count, (now) => now >= 3)
  for (const now of [2, 3, 4]) {
    count.set(now)
    await Promise.resolve()
  }
  expect(await third).toBe(3)
})

test('[SDK74] … or gives up when it is told to, and listens no more', async () => {
  let isWatched = false
  const ready = cell(notifier, false, (watched) => {
    isWatched = watched
  })
  const giveUp = new AbortController()
  const waiting = until(ready, undefined, giveUp)
  expect(isWatched).toBe(true)
  giveUp.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  expect(isWatched).toBe(false)
  await expect(until(ready, undefined, giveUp)).rejects.toThrow('enough')
})
