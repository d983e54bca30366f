import { expect, test } from 'bun:test'
import type { Blobs } from './blobs.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

async function* parts(...texts: string[]) {
  for (const text of texts) yield bytesOf(text)
}

async function* cutOff() {
  yield bytesOf('half')
  throw new Error('cut off')
}

const textOf = async (blobs: Blobs, key: string) => {
  const found = await blobs.get(key)
  return found && { bytes: found.bytes, text: await new Response(found.content).text() }
}

export function blobsContract(open: () => Promise<AsyncDisposable & { blobs: Blobs }>): void {
  test('[BLOB1] what was put is got, byte for byte, and a later one takes its place', async () => {
    await using opened = await open()
    const { blobs } = opened
    expect(await blobs.get('exports/a.zip')).toBeUndefined()
    expect(await blobs.put('exports/a.zip', parts('one, ', 'twø'))).toEqual({ bytes: 9 })
    await blobs.put('exports/b.zip', parts())
    expect(await textOf(blobs, 'exports/a.zip')).toEqual({ bytes: 9, text: 'one, twø' })
    expect(await textOf(blobs, 'exports/b.zip')).toEqual({ bytes: 0, text: '' })
    await blobs.put('exports/a.zip', parts('other'))
    expect(await textOf(blobs, 'exports/a.zip')).toEqual({ bytes: 5, text: 'other' })
  })

  test('[BLOB2] what is cut off half-way leaves what was there, and nothing where nothing was', async () => {
    await using opened = await open()
    const { blobs } = opened
    await blobs.put('kept', parts('whole'))
    await expect(blobs.put('kept', cutOff())).rejects.toThrow('cut off')
    await expect(blobs.put('new', cutOff())).rejects.toThrow('cut off')
    expect(await textOf(blobs, 'kept')).toEqual({ bytes: 5, text: 'whole' })
    expect(await blobs.get('new')).toBeUndefined()
  })

  test('[BLOB3] what is deleted is gone, and deleting it again is no mistake', async () => {
    await using opened = await open()
    const { blobs } = opened
    await blobs.put('a', parts('1'))
    await blobs.put('b', parts('2'))
    await blobs.delete('a')
    await blobs.delete('a')
    expect(await blobs.get('a')).toBeUndefined()
    expect(await textOf(blobs, 'b')).toEqual({ bytes: 1, text: '2' })
  })

  test('[BLOB4] a key that leads elsewhere is a mistake of the caller', async () => {
    await using opened = await open()
    const { blobs } = opened
    for (const key of ['../out', '/etc/x', 'a/../../b', '', 'a//b', 'A', '.partial/x']) {
      await expect(blobs.put(key, parts('x'))).rejects.toThrow('no key')
      await expect(blobs.get(key)).rejects.toThrow('no key')
      await expect(blobs.delete(key)).rejects.toThrow('no key')
    }
    await blobs.put('a/b-1.zip', parts('x'))
    expect(await textOf(blobs, 'a/b-1.zip')).toEqual({ bytes: 1, text: 'x' })
  })
}
