import { expect, test } from 'bun:test'
import { inTime } from './in-time.ts'

test('[KAFKA7] what is answered is answered, and what never is ends in time, or soon where nobody wants it', async () => {
  const never = new Promise<never>(() => undefined)
  const ending = new AbortController()
  const hourMs = 3_600_000
  const soon = { withinMs: hourMs, endMs: 1, signal: ending.signal }
  expect(await inTime(Promise.resolve('here'), { withinMs: hourMs })).toBe('here')
  await expect(inTime(never, { withinMs: 1 })).rejects.toThrow('no answer within 0.001 s')
  const waiting = inTime(never, soon)
  ending.abort()
  await expect(waiting).rejects.toThrow('no answer within 0.001 s')
  await expect(inTime(never, soon)).rejects.toThrow('no answer within 0.001 s')
  expect(await inTime(Promise.resolve('still'), soon)).toBe('still')
})
