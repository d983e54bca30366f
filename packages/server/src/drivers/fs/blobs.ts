import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { assert } from '../../lib/assert.ts'
import { type Blobs, isBlobKey } from '../../ports/blobs.ts'

/**
 * Files in a folder. What is being written lies in a folder apart until it is whole and flushed; what a crash
 * left there goes at the next start. One server alone has the folder.
 */
export async function openFolderBlobs(folder: string): Promise<Blobs> {
  const partial = join(folder, '.partial')
  await rm(partial, { recursive: true, force: true })

  const pathOf = (key: string): string => {
    assert(isBlobKey(key), `no key of a blob: ${JSON.stringify(key)}`)
    return join(folder, key)
  }

  return {
    async put(key, content) {
      const path = pathOf(key)
      await mkdir(partial, { recursive: true, mode: 0o700 })
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const written = join(partial, Bun.randomUUIDv7())
      try {
        await pipeline(content, createWriteStream(written, { mode: 0o600, flush: true }))
        const { size } = await stat(written)
        await rename(written, path)
        await flush(dirname(path))
        return { bytes: size }
      } catch (cause) {
        await rm(written, { force: true })
        throw cause
      }
    },
    async get(key) {
      const file = Bun.file(pathOf(key))
      return (await file.exists()) ? { bytes: file.size, content: file.stream() } : undefined
    },
    async delete(key) {
      await rm(pathOf(key), { force: true })
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** The keys of the files that lay there when it was asked. */
export async function* blobKeys(folder: string): AsyncGenerator<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const file of files) {
    const key = relative(folder, join(file.parentPath, file.name))
    if (file.isFile() && isBlobKey(key)) yield key
  }
}

/** A new name is durable once its folder is. */
async function flush(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
