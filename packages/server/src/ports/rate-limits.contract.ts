import { expect, test } from 'bun:test'
import type { Clock } from '../lib/clock.ts'
import { manualClock } from '../lib/manual-clock.ts'
import type { Bucket, Grant, Lockout, RateLimits } from './rate-limits.ts'

const granted: Grant = { granted: true }
const lockout: Lockout = { failures: 3, withinMs: 1_000, lockMs: 5_000 }
const bucket: Bucket = { capacity: 5, perMinute: 60 }

/** How long a key is locked yet, in milliseconds, as who tries is told; 0 if a try would begin. */
export async function lockedMs(limits: RateLimits, key: string, lockout: Lockout): Promise<number> {
  const grant = await limits.beginTry(key, lockout)
  if (!grant.granted) return grant.retryAfterMs
  await limits.endTry(key, lockout)
  return 0
}

export function rateLimitsContract(open: (options: { clock: Clock }) => Promise<RateLimits>): void {
  test('[RATE1] a fresh bucket grants its capacity at once, and then refuses', async () => {
    await using limits = await open({ clock: manualClock() })
    for (let taken = 0; taken < 5; taken++) expect(await limits.take('a', bucket)).toEqual(granted)
    expect(await limits.take('a', bucket)).toEqual({ granted: false, retryAfterMs: 1_000 })
  })

  test('[RATE1] an odd rate grants its whole capacity too', async () => {
    await using limits = await open({ clock: manualClock() })
    const odd = { capacity: 700, perMinute: 7 }
    const grants = await Promise.all(Array.from({ length: 701 }, () => limits.take('a', odd)))
    expect(grants.filter(({ granted }) => granted).length).toBe(700)
  })

  test('[RATE2] after the time told it is granted, a millisecond before it is not', async () => {
    const clock = manualClock()
    await using limits = await open({ clock })
    await limits.take('a', bucket, 5)
    expect(await limits.take('a', bucket, 3)).toEqual({ granted: false, retryAfterMs: 3_000 })
    clock.advance(2_999)
    expect(await limits.take('a', bucket, 3)).toEqual({ granted: false, retryAfterMs: 1 })
    clock.advance(1)
    expect(await limits.take('a', bucket, 3)).toEqual(granted)
  })

  test('[RATE3] a refused take takes nothing', async () => {
    await using limits = await open({ clock: manualClock() })
    await limits.take('a', bucket, 3)
    expect(await limits.take('a', bucket, 3)).toEqual({ granted: false, retryAfterMs: 1_000 })
    expect(await limits.take('a', bucket, 2)).toEqual(granted)
  })

  test('[RATE4] tokens given back can be taken again, and never more than the capacity', async () => {
    await using limits = await open({ clock: manualClock() })
    await limits.take('a', bucket, 5)
    await limits.giveBack('a', bucket, 2)
    expect(await limits.take('a', bucket, 2)).toEqual(granted)
    expect(await limits.take('a', bucket)).toEqual({ granted: false, retryAfterMs: 1_000 })
    await limits.giveBack('a', bucket, 100)
    expect(await limits.take('a', bucket, 5)).toEqual(granted)
    expect(await limits.take('a', bucket)).toEqual({ granted: false, retryAfterMs: 1_000 })
  })

  test('[RATE4] rest never fills a bucket beyond its capacity', async () => {
    const clock = manualClock()
    await using limits = await open({ clock })
    await limits.take('a', bucket)
    clock.advance(3_600_000)
    expect(await limits.take('a', bucket, 5)).toEqual(granted)
    expect(await limits.take('a', bucket)).toEqual({ granted: false, retryAfterMs: 1_000 })
  })

  test('[RATE5] each key has its own bucket', async () => {
    await using limits = await open({ clock: manualClock() })
    await limits.take('a', bucket, 5)
    expect(await limits.take('a', bucket)).toEqual({ granted: false, retryAfterMs: 1_000 })
    expect(await limits.take('b', bucket)).toEqual(granted)
  })

  test('[RATE9] a look tells what is left and when it is whole again, and takes nothing', async () => {
    const clock = manualClock()
    await using limits = await open({ clock })
    expect(await limits.look('a', bucket)).toEqual({ remaining: 5, fullInMs: 0 })
    await limits.take('a', bucket, 5)
    expect(await limits.look('a', bucket)).toEqual({ remaining: 0, fullInMs: 5_000 })
    clock.advance(1_500)
    expect(await limits.look('a', bucket)).toEqual({ remaining: 1, fullInMs: 3_500 })
    expect(await limits.take('a', bucket)).toEqual(granted)
    expect(await limits.look('a', bucket)).toEqual({ remaining: 0, fullInMs: 4_500 })
  })

  test('[RATE7] the last failure allowed locks, for the whole time, and then it begins anew', async () => {
    const clock = manualClock()
    await using limits = await open({ clock })
    for (let failure = 1; failure < 3; failure++)
      expect(await limits.strike('a', lockout)).toEqual({ locked: false })
    expect(await lockedMs(limits, 'a', lockout)).toBe(0)
    expect(await limits.strike('a', lockout)).toEqual({ locked: true, began: true, lockedMs: 5_000 })
    expect(await lockedMs(limits, 'b', lockout)).toBe(0)
    clock.advance(2_000)
    expect(await limits.strike('a', lockout)).toEqual({ locked: true, began: false, lockedMs: 3_000 })
    clock.advance(2_999)
    expect(await lockedMs(limits, 'a', lockout)).toBe(1)
    clock.advance(1)
    expect(await lockedMs(limits, 'a', lockout)).toBe(0)
    expect(await limits.strike('a', lockout)).toEqual({ locked: false })
  })

  test('[RATE7] failures that lie too far apart lock nobody', async () => {
    const clock = manualClock()
    await using limits = await open({ clock })
    await limits.strike('a', lockout)
    await limits.strike('a', lockout)
    clock.advance(1_001)
    expect(await limits.strike('a', lockout)).toEqual({ locked: false })
    expect(await limits.strike('a', lockout)).toEqual({ locked: false })
    expect((await limits.strike('a', lockout)).locked).toBe(true)
  })

  test('[RATE8] what is forgiven counts no more, but a lock stays', async () => {
    const clock = manualClock()
    await using limits = await open({ clock })
    await limits.strike('a', lockout)
    await limits.strike('a', lockout)
    await limits.forgive('a', lockout)
    await limits.strike('a', lockout)
    expect(await limits.strike('a', lockout)).toEqual({ locked: false })
    await limits.strike('a', lockout)
    await limits.forgive('a', lockout)
    expect(await lockedMs(limits, 'a', lockout)).toBe(5_000)
  })

  test('[RATE21] of many tries at once as many begin as there are failures left, whatever comes of them', async () => {
    const clock = manualClock()
    await using limits = await open({ clock })
    const begin = () => limits.beginTry('a', lockout)
    await limits.strike('a', lockout)
    const begun = await Promise.all(Array.from({ length: 10 }, begin))
    expect(begun.filter(({ granted }) => granted).length).toBe(2)
    expect(begun).toContainEqual({ granted: false, retryAfterMs: 1_000 })
    expect(await limits.beginTry('b', lockout)).toEqual(granted)
    // One that was neither makes room for another.
    await limits.endTry('a', lockout)
    expect([await begin(), (await begin()).granted]).toEqual([granted, false])
    expect(await limits.strike('a', lockout)).toEqual({ locked: false })
    expect((await begin()).granted).toBe(false)
    expect(await limits.strike('a', lockout)).toEqual({ locked: true, began: true, lockedMs: 5_000 })
    expect(await begin()).toEqual({ granted: false, retryAfterMs: 5_000 })
    await limits.endTry('a', lockout)
    clock.advance(5_000)
    expect(await begin()).toEqual(granted)
  })

  test('[RATE21] what is forgiven leaves the other tries under way', async () => {
    await using limits = await open({ clock: manualClock() })
    const begin = async () => (await limits.beginTry('a', lockout)).granted
    await limits.strike('a', lockout)
    expect([await begin(), await begin(), await begin()]).toEqual([true, true, false])
    await limits.forgive('a', lockout)
    expect([await begin(), await begin(), await begin()]).toEqual([true, true, false])
  })

  test('[RATE21] a try that nobody ended is in the way for a minute', async () => {
    const clock = manualClock()
    await using limits = await open({ clock })
    const begin = async () => (await limits.beginTry('a', lockout)).granted
    expect([await begin(), await begin(), await begin(), await begin()]).toEqual([true, true, true, false])
    clock.advance(60_000)
    expect(await begin()).toBe(false)
    clock.advance(1)
    expect(await begin()).toBe(true)
  })
}
