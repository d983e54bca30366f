import { createCipheriv, createDecipheriv } from 'node:crypto'
import { nonceBytes } from './seal.ts'

const tagBytes = 16
/** What is held in memory of a stream, and what a change in it is noticed by. */
const chunkBytes = 64 * 1024
const lastChunk = 1

/**
 * Encrypts a stream in chunks of 64 KiB with AES-256-GCM by the STREAM construction (Hoang, Reyhanitabar,
 * Rogaway and Vizár 2015) as age has it (age-encryption.org/v1): the nonce is the chunk's number in 11 bytes
 * and a byte that says whether it is the last, so a chunk that is left out, moved or cut off is noticed. The
 * last chunk is empty only where everything is. A key is for one stream, as the nonces begin anew.
 */
export async function* sealStream(
  key: Uint8Array,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for await (const { chunk, nonce } of numbered(content, chunkBytes)) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()])
  }
}

/**
 * What was sealed, chunk by chunk once each is known to be whole. Throws where anything of it was changed.
 */
export async function* openStream(
  key: Uint8Array,
  sealed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for await (const { chunk, nonce } of numbered(sealed, chunkBytes + tagBytes)) {
    if (chunk.length < tagBytes) throw new Error('what was sealed is cut short')
    const decipher = createDecipheriv('aes-256-gcm', key, nonce)
    decipher.setAuthTag(chunk.subarray(-tagBytes))
    yield Buffer.concat([decipher.update(chunk.subarray(0, -tagBytes)), decipher.final()])
  }
}

/** How long a stream was before it was sealed. */
export const openedBytes = (sealedBytes: number): number =>
  sealedBytes - tagBytes * Math.ceil(sealedBytes / (chunkBytes + tagBytes))

/** The stream in parts of one size, but for the last one, each with its nonce. */
async function* numbered(content: AsyncIterable<Uint8Array>, size: number) {
  let held: Uint8Array[] = []
  let bytes = 0
  let number = 0
  const next = (isLast: boolean) => {
    const all = Buffer.concat(held)
    const chunk = all.subarray(0, size)
    held = [all.subarray(chunk.length)]
    bytes -= chunk.length
    return { chunk, nonce: nonceOf(number++, isLast) }
  }
  for await (const part of content) {
    // In pieces, so that a large part is not copied once for each of its chunks.
    for (let from = 0; from < part.length; from += size) {
      const piece = part.subarray(from, from + size)
      held.push(piece)
      bytes += piece.length
      // A full chunk waits until something follows it: the last one says so.
      if (bytes > size) yield next(false)
    }
  }
  yield next(true)
}

function nonceOf(number: number, isLast: boolean): Uint8Array {
  const nonce = Buffer.alloc(nonceBytes)
  nonce.writeUIntBE(number, nonceBytes - 7, 6)
  if (isLast) nonce[nonceBytes - 1] = lastChunk
  return nonce
}
