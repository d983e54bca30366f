import { expect, test } from 'bun:test'
import { manualClock } from '../../lib/manual-clock.ts'
import { rateLimitsContract } from '../../ports/rate-limits.contract.ts'
import { openMemoryRateLimits } from './rate-limits.ts'

rateLimitsContract(async ({ clock }) => openMemoryRateLimits({ clock }))

test('[RATE6] buckets that are full again are forgotten', async () => {
  const clock = manualClock()
  await using limits = openMemoryRateLimits({ clock })
  const bucket = { capacity: 10, perMinute: 60 }
  for (let round = 0; round < 10; round++) {
    for (let key = 0; key < 1_000; key++) await limits.take(`${round}:${key}`, bucket)
    clock.advance(1_000)
  }
  expect(limits.size).toBeLessThan(2_048)
})

test('[RATE2] a clock that was set back makes nobody wait longer than from an empty bucket', async () => {
  const clock = manualClock()
  await using limits = openMemoryRateLimits({ clock })
  const bucket = { capacity: 2, perMinute: 60 }
  await limits.take('a', bucket, 2)
  clock.advance(-3_600_000)
  expect(await limits.take('a', bucket)).toEqual({ granted: false, retryAfterMs: 1_000 })
})
