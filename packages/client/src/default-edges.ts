import { systemClock } from './clock.ts'
import type { Edges, Log, Socket } from './options.ts'

/** What a browser, Bun, or Node from 22 on brings along. Older Node passes its own `openSocket`. */
export function defaultEdges(): Edges {
  return {
    openSocket: openWebSocket,
    fetch: (url, init) => fetch(url, init),
    clock: systemClock,
    random: Math.random,
    newId: () => crypto.getRandomValues(new Uint8Array(16)).reduce((id, byte) => id + hex(byte), ''),
    onWake: onBrowserWake,
    log: consoleLog,
  }
}

const hex = (byte: number) => byte.toString(16).padStart(2, '0')

function openWebSocket(url: string): Socket {
  const webSocket = new WebSocket(url)
  const socket: Socket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: (frame) => webSocket.send(frame),
    close: (code, reason) => webSocket.close(code, reason),
  }
  webSocket.onopen = () => socket.onopen?.()
  webSocket.onmessage = ({ data }) => socket.onmessage?.({ data })
  webSocket.onclose = ({ code, reason }) => socket.onclose?.({ code, reason })
  webSocket.onerror = () => socket.onerror?.()
  return socket
}

function onBrowserWake(wake: () => void): () => void {
  if (typeof document === 'undefined') return () => undefined
  const seen = () => {
    if (document.visibilityState === 'visible') wake()
  }
  // Gone offline, a look at the link finds at once what silence would tell in half a minute.
  for (const event of ['online', 'offline']) globalThis.addEventListener(event, wake)
  document.addEventListener('visibilitychange', seen)
  return () => {
    for (const event of ['online', 'offline']) globalThis.removeEventListener(event, wake)
    document.removeEventListener('visibilitychange', seen)
  }
}

// The one place that speaks where nobody listens: without it a broken frame or listener would go unnoticed.
const { console: out } = globalThis
const consoleLog: Log = (level, what, about) => out[level](`confab: ${what}`, about ?? '')
