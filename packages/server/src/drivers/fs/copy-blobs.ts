import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Blobs } from '../../ports/blobs.ts'
import { blobKeys, openFolderBlobs } from './blobs.ts'

/**
 * Copies the files of one folder into another, as they lie there, and reads each again. One that is there
 * already is left. Answers how many there are.
 */
export async function copyBlobs(from: string, to: string): Promise<number> {
  if (from === to || !existsSync(from)) return 0
  const source = await openFolderBlobs(from)
  const target = await openFolderBlobs(to)
  let files = 0
  for await (const key of blobKeys(from)) {
    files++
    const digest = await digestOf(source, key)
    if ((await digestOf(target, key)) === digest) continue
    const blob = await source.get(key)
    if (blob) await target.put(key, blob.content)
    if ((await digestOf(target, key)) !== digest)
      throw new Error(`${key} is not in ${to} as it is in ${from}`)
  }
  return files
}

async function digestOf(blobs: Blobs, key: string): Promise<string | undefined> {
  const blob = await blobs.get(key)
  if (!blob) return undefined
  const hash = createHash('sha256')
  for await (const part of blob.content) hash.update(part)
  return hash.digest('hex')
}
