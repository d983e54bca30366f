import type { ConnectionId } from '@confab/protocol/ids'
import type { ServerWebSocket } from 'bun'
import { type Admission, Connection } from './connection.ts'

export interface SocketData {
  admission: Admission
  /** From where it comes. */
  address?: string | undefined
  connection: SocketConnection | undefined
}

/** The part of the runtime's socket that is used, so that something else may stand in for it. */
export interface Socket
  extends Pick<
    ServerWebSocket<SocketData>,
    'data' | 'send' | 'ping' | 'close' | 'subscribe' | 'unsubscribe' | 'isSubscribed' | 'getBufferedAmount'
  > {
  cork(step: () => void): void
}

/** A connection over a WebSocket, with the runtime's native topics. */
export class SocketConnection extends Connection {
  readonly #socket: Socket

  constructor(socket: Socket, id: ConnectionId, openedAt: number) {
    super(id, openedAt)
    this.#socket = socket
  }

  /** Sends frames, together with the events that are on their way to this socket: one write, not two. */
  override send(...frames: string[]): void {
    if (this.closed) return
    this.#socket.cork(() => {
      for (const frame of frames) this.#socket.send(frame)
    })
  }

  override ping(): void {
    if (!this.closed) this.#socket.ping()
  }

  override close(code: number, reason: string): void {
    if (!this.closed) this.#socket.close(code, reason)
  }

  override subscribe(topic: string): void {
    if (!this.closed) this.#socket.subscribe(topic)
  }

  override isSubscribed(topic: string): boolean {
    return !this.closed && this.#socket.isSubscribed(topic)
  }

  override unsubscribe(topic: string): void {
    if (!this.closed) this.#socket.unsubscribe(topic)
  }

  override get bufferedBytes(): number {
    return this.closed ? 0 : this.#socket.getBufferedAmount()
  }
}
