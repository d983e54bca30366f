import { expect, test } from 'bun:test'
import { fitting, ReplyBudget } from './fitting.ts'

const jsonBytes = (item: unknown) => Buffer.byteLength(JSON.stringify(item))

test('[SYNC4] what fits is told by the bytes of the JSON, although only what may not fit is written for it', () => {
  const characters = ['a', '"', '\u0000', '\ud800', 'é', '語', '😀']
  const long = characters.flatMap((character) => [character.repeat(500), { [character.repeat(500)]: null }])
  for (const item of [
    ...long,
    Array(500).fill(-Math.PI / 1e300),
    Array(500).fill(-1.2345678901234567e-6),
    Array(500).fill(false),
    Array(500).fill([]),
  ]) {
    const items = Array(20).fill(item)
    for (const count of [0, 1, 7, 20]) {
      const bytes = count * (jsonBytes(item) + 1)
      expect(fitting(items, new ReplyBudget(bytes)).length).toBe(count)
      expect(fitting(items, new ReplyBudget(bytes - 1)).length).toBe(Math.max(0, count - 1))
    }
  }
})
