import { describe, expect, test } from 'bun:test'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SealingKey } from '../../lib/sealing-keys.ts'
import { sealingKey } from '../../lib/test-sealing-key.ts'
import { blobsContract } from '../../ports/blobs.contract.ts'
import { openFolderBlobs } from '../fs/blobs.ts'
import { sealedBlobs } from './sealed-blobs.ts'

async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'confab-blobs-'))
  const reports: unknown[] = []
  const plain = await openFolderBlobs(folder)
  return {
    folder,
    plain,
    reports,
    sealedWith: (...keys: SealingKey[]) =>
      sealedBlobs(plain, { keys, report: (_, cause) => reports.push(cause) }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

async function* part(text: string) {
  yield Buffer.from(text)
}

const textOf = async (blobs: ReturnType<typeof sealedBlobs>, key: string) => {
  const found = await blobs.get(key)
  return found && { bytes: found.bytes, text: await new Response(found.content).text() }
}

describe('sealed', () => {
  blobsContract(async () => {
    const opened = await openFolder()
    return { blobs: opened.sealedWith(sealingKey('one')), ...opened }
  })
})

test('[BLOB5] with a key no file holds what was put, and each is bound to its name', async () => {
  await using opened = await openFolder()
  const [one, two] = [sealingKey('one'), sealingKey('two')]
  await opened.plain.put('a.zip', part('from-before'))
  const blobs = opened.sealedWith(one)
  expect(await textOf(blobs, 'a.zip')).toEqual({ bytes: 11, text: 'from-before' })
  await blobs.put('a.zip', part('sealed-4c1a'))
  await blobs.put('b.zip', part('sealed-88ee'))
  expect(await readdir(opened.folder)).toEqual(expect.arrayContaining(['a.zip.sealed', 'b.zip.sealed']))
  const kept = (name: string) => readFile(join(opened.folder, name))
  expect((await kept('a.zip.sealed')).includes('sealed-4c1a')).toBe(false)
  expect(await textOf(opened.sealedWith(two, one), 'a.zip')).toEqual({ bytes: 11, text: 'sealed-4c1a' })

  await writeFile(join(opened.folder, 'b.zip.sealed'), await kept('a.zip.sealed'))
  await expect(textOf(blobs, 'b.zip')).rejects.toThrow()
  expect(await textOf(blobs, 'a.zip')).toEqual({ bytes: 11, text: 'sealed-4c1a' })
})

test('[BLOB6] a file whose key is missing is as if it were not there, and reported', async () => {
  await using opened = await openFolder()
  const [one, two] = [sealingKey('one'), sealingKey('two')]
  await opened.sealedWith(one).put('a.zip', part('x'))
  expect(await textOf(opened.sealedWith(two), 'a.zip')).toBeUndefined()
  expect(opened.reports.map(String)).toEqual(['Error: a.zip: no key one'])
  expect(await textOf(opened.sealedWith(two, one), 'a.zip')).toEqual({ bytes: 1, text: 'x' })
})
