import { expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { openedBytes, openStream, sealStream } from './sealed-stream.ts'

const chunk = 64 * 1024
const key = randomBytes(32)

async function* partsOf(bytes: Uint8Array, size: number) {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}

const whole = (parts: AsyncIterable<Uint8Array>) => Array.fromAsync(parts).then((all) => Buffer.concat(all))
const sealed = (bytes: Uint8Array) => whole(sealStream(key, partsOf(bytes, 10_000)))
const opened = (bytes: Uint8Array) => whole(openStream(key, partsOf(bytes, 7_000)))

test('[SEAL3] a stream of any length comes out as it went in, in chunks, and its length can be told before', async () => {
  for (const length of [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 5]) {
    const bytes = randomBytes(length)
    const kept = await sealed(bytes)
    expect((await opened(kept)).equals(bytes)).toBe(true)
    expect(openedBytes(kept.length)).toBe(length)
    const sizes = (await Array.fromAsync(sealStream(key, partsOf(bytes, length || 1)))).map(
      (one) => one.length,
    )
    expect(Math.max(...sizes)).toBeLessThanOrEqual(chunk + 16)
  }
})

test('[SEAL4] a stream of which anything was changed, left out, moved, added or cut off does not open', async () => {
  const bytes = randomBytes(2 * chunk + 100)
  const kept = await sealed(bytes)
  const size = chunk + 16
  const [first, second, third] = [
    kept.subarray(0, size),
    kept.subarray(size, 2 * size),
    kept.subarray(2 * size),
  ]
  expect((await opened(Buffer.concat([first, second, third]))).equals(bytes)).toBe(true)
  const flipped = Buffer.from(kept)
  flipped[size + 5] = (flipped[size + 5] ?? 0) ^ 1
  const changed = {
    flipped,
    'left out': Buffer.concat([first, third]),
    moved: Buffer.concat([second, first, third]),
    'cut off between chunks': Buffer.concat([first, second]),
    'cut off within one': kept.subarray(0, -1),
    'nothing left': Buffer.alloc(0),
    added: Buffer.concat([kept, third]),
  }
  for (const [how, content] of Object.entries(changed)) await expect(opened(content), how).rejects.toThrow()
  await expect(whole(openStream(randomBytes(32), partsOf(kept, 999)))).rejects.toThrow()
})
