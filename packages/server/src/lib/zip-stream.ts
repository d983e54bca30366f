import { PassThrough, Readable } from 'node:stream'

export interface ZipEntry {
  name: string
  /** Asked for when its turn comes, and no faster than the zip is read. */
  chunks(): AsyncIterable<string | Uint8Array>
}

/**
 * A zip of the entries, in their order, compressed off this thread. It is made as it is read, so it may be
 * larger than the memory; what fails in an entry fails the whole.
 */
export async function* zipStream(entries: Iterable<ZipEntry>): AsyncGenerator<Uint8Array> {
  // Loaded when a zip is wanted.
  const { ZipFile } = await import('yazl')
  const zip = new ZipFile()
  const output = new PassThrough()
  const fail = (cause: unknown) => output.destroy(cause instanceof Error ? cause : new Error(String(cause)))
  zip.on('error', fail)
  zip.outputStream.pipe(output)
  let current: Readable | undefined
  output.once('close', () => current?.destroy())
  for (const { name, chunks } of entries) {
    zip.addReadStreamLazy(name, (take) => {
      current = Readable.from(bytesOf(chunks()), { objectMode: false }).on('error', fail)
      take(null, current)
    })
  }
  zip.end()
  yield* output
}

async function* bytesOf(chunks: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}
