/**
 * Keeps files under keys (`exports/<id>.zip`: words of a-z, 0-9, `-` and `.`, parted by slashes).
 *
 * - `put` is whole or not at all: what fails half-way leaves what was there before,
 *   and nobody ever reads half.
 * - Content is streamed: a file may be larger than the memory.
 */
export interface Blobs extends AsyncDisposable {
  /** Durable when it resolves. An earlier one under the key gives way. */
  put(key: string, content: AsyncIterable<Uint8Array>): Promise<{ bytes: number }>
  get(key: string): Promise<StoredBlob | undefined>
  /** Nothing where there is none. */
  delete(key: string): Promise<void>
}

export interface StoredBlob {
  bytes: number
  content: ReadableStream<Uint8Array>
}

const key = /^[a-z0-9][a-z0-9.-]*(?:\/[a-z0-9][a-z0-9.-]*)*$/

/** Whether a driver may take it for a path: nothing in it leads elsewhere. */
export const isBlobKey = (text: string): boolean => key.test(text) && text.length <= 200
