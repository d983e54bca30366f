import { closeCode } from '@confab/protocol/close-codes'
import type { ConnectionId } from '@confab/protocol/ids'
import { Connection } from './connection.ts'
import type { StreamTopics } from './stream-topics.ts'

/** As much as a socket may leave unread. */
const bufferedBytesMax = 2 * 1024 * 1024
const encoder = new TextEncoder()

/**
 * A connection over server-sent events (WHATWG HTML, 9.2), for who can't open a WebSocket: each frame is
 * one event's `data`; calls come as requests of their own. What closes a socket ends a stream, after an
 * event `close` with `{ code, reason }`.
 */
export class StreamConnection extends Connection {
  readonly body: ReadableStream<Uint8Array>
  readonly #topics: StreamTopics
  readonly #onEnd: () => void
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined

  constructor(
    id: ConnectionId,
    openedAt: number,
    { topics, onEnd }: { topics: StreamTopics; onEnd: (connection: StreamConnection) => void },
  ) {
    super(id, openedAt)
    this.#topics = topics
    this.#onEnd = () => onEnd(this)
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.drained(),
        cancel: () => this.#end(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: bufferedBytesMax }),
    )
  }

  override send(...frames: string[]): void {
    this.#write(frames.map((frame) => `data: ${frame}\n\n`).join(''))
    if (this.bufferedBytes >= bufferedBytesMax) this.close(closeCode.tooSlow, 'too slow')
  }

  /** A comment, which a client need not look at: it keeps what lies between from closing the connection. */
  override ping(): void {
    this.#write(':\n\n')
  }

  override close(code: number, reason: string): void {
    if (this.closed) return
    this.#write(`event: close\ndata: ${JSON.stringify({ code, reason })}\n\n`)
    this.#controller?.close()
    this.#end()
  }

  override subscribe(topic: string): void {
    if (!this.closed) this.#topics.add(topic, this)
  }

  override isSubscribed(topic: string): boolean {
    return this.#topics.isSubscribed(topic, this)
  }

  override unsubscribe(topic: string): void {
    this.#topics.remove(topic, this)
  }

  override get bufferedBytes(): number {
    const room = this.#controller?.desiredSize
    return this.closed || typeof room !== 'number' ? 0 : bufferedBytesMax - room
  }

  /** They go another way, each as the answer to a request, which must come though the stream has ended. */
  protected override get repliesWait(): boolean {
    return false
  }

  #write(text: string): void {
    if (!this.closed) this.#controller?.enqueue(encoder.encode(text))
  }

  #end(): void {
    if (this.closed) return
    this.closed = true
    this.#topics.forget(this)
    this.#onEnd()
  }
}
