import type { Chat } from './chat.ts'
import { ChatSession } from './chat-session.ts'
import { defaultEdges } from './default-edges.ts'
import type { ConnectOptions } from './options.ts'
import { memoryStorage, openStorage } from './storage.ts'

/**
 * Connects to a Confab server and stays connected until closed. Answers at once: what is not known yet
 * comes with the first sync, and `chat.ready` says when.
 */
export function connect(options: ConnectOptions): Chat {
  const edges = { ...defaultEdges(), ...options.edges }
  if (!options.edges?.openSocket && typeof WebSocket === 'undefined')
    throw new Error('connect: this runtime has no WebSocket: pass edges.openSocket')
  const { token, userId, storage = 'indexeddb', outbox } = options
  const origin = originOf(options.url)
  const kept =
    typeof storage === 'string'
      ? openStorage(storage, origin, edges.newId)
      : { ...memoryStorage(), ...storage }
  const session = new ChatSession({
    origin,
    token: typeof token === 'string' ? () => Promise.resolve(token) : token,
    storage: outbox ? { ...kept, outbox } : kept,
    userId,
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
