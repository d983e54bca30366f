import type { Clock } from './clock.ts'
import type { OutboxStore } from './outbox-store.ts'
import type { ChatStorage, StorageKind } from './storage.ts'

export interface ConnectOptions {
  /** The server's origin, as in `https://chat.example.org`. Empty in a browser: the page's own. */
  url: string
  /**
   * A session token or JWT, or what fetches one before each connection. Without it a browser's cookie
   * signs in. Reject with a `Refusal('unauthenticated')` to say that there is no session any more.
   */
  token?: string | (() => Promise<string>) | undefined
  /**
   * Where the local copy, unsent messages and drafts are kept: by default in IndexedDB where there is one, so
   * that a page opens without a network, else in memory. Or stores of one's own;
   * those left out are in memory.
   */
  storage?: StorageKind | Partial<ChatStorage> | undefined
  /** Unsent messages alone, elsewhere. */
  outbox?: OutboxStore | undefined
  /**
   * Who is expected to be signed in, where that is known: somebody else's copy is not shown then, not even
   * until the server has said who it is.
   */
  userId?: string | undefined
  /** What the SDK takes from its surroundings. Each has a default; tests and odd runtimes bring their own. */
  edges?: Partial<Edges> | undefined
}

export interface Edges {
  /** Opens a socket: by default the global `WebSocket`. Where none opens, a stream is taken, over `fetch`. */
  openSocket: (url: string) => Socket
  fetch: (url: string, init: RequestInit) => Promise<Response>
  clock: Clock
  /** From 0 to 1, 1 left out. */
  random: () => number
  /** A new unique id of at most 64 characters. */
  newId: () => string
  /** Calls `wake` when a connection is worth trying at once: the network is back, the page is looked at. */
  onWake: (wake: () => void) => () => void
  log: Log
}

/** The part of a WebSocket that is used. */
export interface Socket {
  onopen: (() => void) | null
  onmessage: ((message: { data: unknown }) => void) | null
  onclose: ((close: { code: number; reason: string }) => void) | null
  onerror: (() => void) | null
  send(frame: string): void
  close(code?: number, reason?: string): void
}

/** Told of what should not happen: a frame that can't be parsed, a listener that throws. */
export type Log = (level: 'warn' | 'error', what: string, about?: unknown) => void
