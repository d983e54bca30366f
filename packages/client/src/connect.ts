import type { Chat } from './chat.ts'
import { ChatSession } from './chat-session.ts'
import { defaultEdges } from './default-edges.ts'
import { localStorageOutbox } from './local-storage-outbox.ts'
import { memoryOutbox } from './memory-outbox.ts'
import type { ConnectOptions, Edges } from './options.ts'

/**
 * Connects to a Confab server and stays connected until closed. Answers at once: what is not known yet
 * comes with the first sync, and `chat.ready` says when.
 */
export function connect(options: ConnectOptions): Chat {
  const edges = { ...defaultEdges(), ...options.edges }
  if (!options.edges?.openSocket && typeof WebSocket === 'undefined')
    throw new Error('connect: this runtime has no WebSocket: pass edges.openSocket')
  const { token } = options
  const session = new ChatSession({
    origin: originOf(options.url),
    token: typeof token === 'string' ? () => Promise.resolve(token) : token,
    outbox: options.outbox ?? defaultOutbox(edges),
    edges,
  })
  session.start()
  return session
}

function originOf(url: string): string {
  if (url === '' && typeof location === 'undefined')
    throw new Error('connect: outside a browser, url must name the server')
  return new URL(url === '' ? location.origin : url).origin
}

function defaultOutbox({ log }: Edges) {
  try {
    if (typeof localStorage !== 'undefined') return localStorageOutbox(localStorage, log)
  } catch (error) {
    // A browser may forbid even to look at it.
    log('warn', 'no localStorage: unsent messages will not outlive the page', error)
  }
  return memoryOutbox()
}
