/** Where the connection stands. */
export type Status =
  /** Opening a socket, signing in, or catching up with what was missed. */
  | { readonly status: 'connecting' }
  /** Whole and live: everything shown is as the server has it. */
  | { readonly status: 'online' }
  /** Cut off. The next try, the `attempt`-th in a row, is due at `retryAt` (milliseconds since 1970). */
  | { readonly status: 'waiting'; readonly retryAt: number; readonly attempt: number }
  /** The session is over. Sign in, then call `chat.reconnect()`. */
  | { readonly status: 'signed-out' }
  /** The server will never accept this client as it is, or `close` was called. */
  | { readonly status: 'stopped'; readonly reason: string }
