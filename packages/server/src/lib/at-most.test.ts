import { expect, test } from 'bun:test'
import { atMost } from './at-most.ts'

test('[PASS14] no more is under way than may be; who waits comes in turn, whatever becomes of those before', async () => {
  const turn = atMost(2)
  const begun: number[] = []
  const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<number>())
  const works = ends.map(({ promise }, index) =>
    turn(() => {
      begun.push(index)
      return promise
    }).catch((cause: Error) => cause.message),
  )
  await Promise.resolve()
  expect(begun).toEqual([0, 1])
  ends[1]?.reject(new Error('failed'))
  expect(await works[1]).toBe('failed')
  expect(begun).toEqual([0, 1, 2])
  for (const index of [0, 2, 3]) ends[index]?.resolve(index)
  expect(await Promise.all(works)).toEqual([0, 'failed', 2, 3])
  expect(await turn(async () => 'later')).toBe('later')
})
