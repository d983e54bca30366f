import { randomBytes } from 'node:crypto'
import type { Report } from '../../lib/report.ts'
import { openedBytes, openStream, sealStream } from '../../lib/sealed-stream.ts'
import { keyFor, type SealingKey } from '../../lib/sealing-keys.ts'
import type { Blobs, StoredBlob } from '../../ports/blobs.ts'

const saltBytes = 16
/** Then a salt: each file has a key of its own, bound to its name. */
const headOf = (keyId: string): string => `confab-sealed 1 ${keyId}\n`
const headPattern = /^confab-sealed 1 ([a-z0-9-]{1,32})\n/
const headBytesMax = headOf('x'.repeat(32)).length + saltBytes

/** A sealed file lies under a name of its own, so nobody's file passes for one whatever it holds. */
const sealedEnd = '.sealed'
const sealedName = (key: string): string => key + sealedEnd

/**
 * Files sealed on their way into other blobs with the first key, and opened on their way out with the one
 * that they name; those from before are read as they are. What no key opens is as if it weren't there, and
 * reported. A file that was changed breaks off where it was.
 */
export function sealedBlobs(
  blobs: Blobs,
  { keys, report }: { keys: readonly SealingKey[]; report: Report },
): Blobs {
  const [writer] = keys
  if (!writer) return blobs

  async function* seal(by: SealingKey, key: string, content: AsyncIterable<Uint8Array>) {
    const salt = randomBytes(saltBytes)
    yield Buffer.concat([Buffer.from(headOf(by.id)), salt])
    yield* sealStream(keyFor(by, purposeOf(key), salt), content)
  }

  async function open(key: string, { bytes, content }: StoredBlob): Promise<StoredBlob | undefined> {
    const parts = content[Symbol.asyncIterator]()
    const { head, rest } = await readHead(parts)
    const [line = '', id] = headPattern.exec(head.toString('latin1')) ?? []
    const sealedWith = keys.find((one) => one.id === id)
    if (!sealedWith || head.length < line.length + saltBytes) {
      await parts.return?.()
      report('a file can’t be opened, and is as if it weren’t there', new Error(`${key}: no key ${id}`))
      return undefined
    }
    const salt = head.subarray(line.length, line.length + saltBytes)
    const opened = openStream(keyFor(sealedWith, purposeOf(key), salt), rest(line.length + saltBytes))
    return { bytes: openedBytes(bytes - line.length - saltBytes), content: streamOf(opened) }
  }

  return {
    async put(key, content) {
      let bytes = 0
      async function* counted() {
        for await (const part of content) {
          bytes += part.length
          yield part
        }
      }
      await blobs.put(sealedName(key), seal(writer, key, counted()))
      // From before there was a key.
      await blobs.delete(key)
      return { bytes }
    },
    async get(key) {
      const sealed = await blobs.get(sealedName(key))
      return sealed ? open(key, sealed) : blobs.get(key)
    },
    async delete(key) {
      await blobs.delete(key)
      await blobs.delete(sealedName(key))
    },
    [Symbol.asyncDispose]: () => blobs[Symbol.asyncDispose](),
  }
}

/**
 * Brings the files of these names under the first key, or with `clear` into the clear. `blobs` are those
 * below the seals. Answers how many it wrote anew; what can't be opened stays as it is.
 */
export async function resealBlobs(
  blobs: Blobs,
  {
    names,
    keys,
    clear,
    report,
  }: { names: AsyncIterable<string>; keys: readonly SealingKey[]; clear: boolean; report: Report },
): Promise<number> {
  const from = sealedBlobs(blobs, { keys, report })
  let files = 0
  for await (const name of names) {
    const key = name.endsWith(sealedEnd) ? name.slice(0, -sealedEnd.length) : name
    if (await isDone(blobs, name, clear ? undefined : keys[0])) continue
    const found = await from.get(key)
    if (!found) continue
    await (clear ? blobs : from).put(key, found.content)
    if (clear) await blobs.delete(sealedName(key))
    files++
  }
  return files
}

async function isDone(blobs: Blobs, name: string, writer: SealingKey | undefined): Promise<boolean> {
  if (!name.endsWith(sealedEnd)) return writer === undefined
  const found = writer && (await blobs.get(name))
  if (!found) return false
  const parts = found.content[Symbol.asyncIterator]()
  const { head } = await readHead(parts)
  await parts.return?.()
  return head.toString('latin1').startsWith(headOf(writer.id))
}

const purposeOf = (key: string): string => `file ${key}`

/** The beginning of a stream, and the stream from a place within it on. */
async function readHead(parts: AsyncIterator<Uint8Array>) {
  let head = Buffer.alloc(0)
  while (head.length < headBytesMax) {
    const { done, value } = await parts.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  async function* rest(from: number) {
    try {
      yield head.subarray(from)
      for (let next = await parts.next(); !next.done; next = await parts.next()) yield next.value
    } finally {
      await parts.return?.()
    }
  }
  return { head, rest }
}

/** Made as it is read. Whoever stops reading closes what lies below. */
function streamOf(parts: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await parts.return(undefined)
    },
  })
}
