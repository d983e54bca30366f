import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { type Entry, fromBuffer, type ZipFile } from 'yauzl'

/** The files of a zip with their text, in its order, by another library than the one that makes it. */
export async function unzip(bytes: Uint8Array): Promise<Map<string, string>> {
  const zip = await openZip(Buffer.from(bytes))
  const files = new Map<string, string>()
  return new Promise((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', () => resolve(files))
    zip.on('entry', (entry: Entry) => {
      zip.openReadStream(entry, (cause, content) => {
        if (cause) return reject(cause)
        text(content).then((read) => {
          files.set(entry.fileName, read)
          zip.readEntry()
        }, reject)
      })
    })
    zip.readEntry()
  })
}

const openZip = promisify((bytes: Buffer, done: (cause: Error | null, zip: ZipFile) => void) =>
  fromBuffer(bytes, { lazyEntries: true }, done),
)
