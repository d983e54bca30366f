import { expect, test } from 'bun:test'
import { unzip } from '../../test/unzip.ts'
import { zipStream } from './zip-stream.ts'

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

test('[ZIP1] what went in comes out, in order and byte for byte', async () => {
  const large = 'Zürich ✓ '.repeat(100_000)
  const zip = zipStream([
    {
      name: 'a.json',
      async *chunks() {
        yield '["one",'
        yield Buffer.from('"two"]')
      },
    },
    {
      name: 'empty.txt',
      async *chunks() {
        yield ''
      },
    },
    {
      name: 'folder/large.txt',
      async *chunks() {
        yield large
      },
    },
  ])
  const packed = await bytesOf(zip)
  expect(packed.length).toBeLessThan(large.length / 50)
  expect([...(await unzip(packed))]).toEqual([
    ['a.json', '["one","two"]'],
    ['empty.txt', ''],
    ['folder/large.txt', large],
  ])
})

test('[ZIP2] it is made no faster than it is read, and what fails in an entry fails the whole', async () => {
  let made = 0
  const endless = {
    name: 'endless',
    async *chunks() {
      for (;;) {
        made++
        yield crypto.getRandomValues(new Uint8Array(65_536))
      }
    },
  }
  for await (const _chunk of zipStream([endless])) break
  expect(made).toBeLessThan(50)

  const failing = {
    name: 'failing',
    async *chunks() {
      yield 'x'
      throw new Error('not to be read')
    },
  }
  await expect(bytesOf(zipStream([failing]))).rejects.toThrow('not to be read')
  const whole = {
    name: 'whole',
    async *chunks() {
      yield 'x'
    },
  }
  expect((await bytesOf(zipStream([whole]))).length).toBeGreaterThan(0)
})
