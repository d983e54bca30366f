import type { Chat } from './chat.ts'
import type { ConnectOptions } from './options.ts'

/** Connects to a Confab server, and stays connected until closed. */
export function connect(options: ConnectOptions): Chat {
  throw new Error(`connect: not built yet (${options.url})`)
}
