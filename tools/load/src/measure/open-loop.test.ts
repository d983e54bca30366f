import { expect, test } from 'bun:test'
import { runOpenLoop } from './open-loop.ts'

/** Time that passes only while somebody waits, or is made to pass by the work. */
function handClock() {
  let ms = 0
  return {
    now: () => ms,
    pass(passed: number) {
      ms += passed
    },
    async pause(passed: number) {
      ms += Math.max(passed, 0.001)
    },
  }
}

test('[LOAD4] sends are due at the rate, whenever the answers come', async () => {
  const clock = handClock()
  const sentAt: number[] = []
  const answers: (() => void)[] = []
  const { latenciesMs, lagsMs } = await runOpenLoop({
    perSecond: 100,
    forMs: 100,
    ...clock,
    send(_index, answered) {
      sentAt.push(Math.round(clock.now()))
      answers.push(() => answered(true))
      // Nobody is answered before the last one is sent.
      if (answers.length === 10) for (const answer of answers) answer()
    },
  })
  expect(sentAt).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90])
  expect(latenciesMs.map(Math.round)).toEqual([90, 80, 70, 60, 50, 40, 30, 20, 10, 0])
  expect(Math.max(...lagsMs)).toBeLessThan(0.1)
})

test('[LOAD4] a stall shows in every send that was due during it', async () => {
  const clock = handClock()
  const { latenciesMs, lagsMs } = await runOpenLoop({
    perSecond: 100,
    forMs: 100,
    ...clock,
    send(index, answered) {
      if (index === 2) clock.pass(50)
      answered(true)
    },
  })
  expect(latenciesMs.map(Math.round)).toEqual([0, 0, 50, 40, 30, 20, 10, 0, 0, 0])
  expect(lagsMs.map(Math.round)).toEqual([0, 0, 0, 40, 30, 20, 10, 0, 0, 0])
})

test('[LOAD4] a refused send counts as one that never came', async () => {
  const clock = handClock()
  const { latenciesMs } = await runOpenLoop({
    perSecond: 100,
    forMs: 20,
    ...clock,
    send: (index, answered) => answered(index === 0),
  })
  expect(latenciesMs).toEqual([0, Number.POSITIVE_INFINITY])
})

test('[LOAD10] what is accepted after the last send’s time does not count as kept up with', async () => {
  const clock = handClock()
  const late: (() => void)[] = []
  const { inTime } = await runOpenLoop({
    perSecond: 100,
    forMs: 100,
    now: clock.now,
    async pause(ms) {
      await clock.pause(ms)
      if (clock.now() > 101) for (const answer of late.splice(0)) answer()
    },
    send: (index, answered) => (index % 2 === 0 ? answered(true) : void late.push(() => answered(true))),
  })
  expect(inTime).toBe(5)
})

test('[LOAD4] sends that are never answered are told', async () => {
  const clock = handClock()
  const run = runOpenLoop({ perSecond: 100, forMs: 20, ...clock, send: () => undefined })
  await expect(run).rejects.toThrow('2 of 2 sends were never answered')
})
