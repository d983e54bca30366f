import { closeCode } from '@confab/protocol/close-codes'
import { refusalError } from '@confab/protocol/frames'
import { silenceMs } from '@confab/protocol/limits'
import { Refusal } from '@confab/protocol/refusal'
import type { Edges, Socket } from './options.ts'
import { parseFrame } from './parse-frame.ts'
import { parseJson, problemRefusal } from './rest.ts'
import { eventReader } from './server-sent-events.ts'

export interface StreamOptions {
  origin: string
  token: (() => Promise<string>) | undefined
  edges: Pick<Edges, 'fetch' | 'clock'>
}

/**
 * A socket for where WebSockets are blocked: frames come as server-sent events over `fetch`, which unlike
 * an `EventSource` can carry a token, and each call is a request of its own. Signed in as it opens. The
 * server breaks the silence every 15 s, so one that lasts means that the stream is dead, though calls work.
 */
export function openStream({ origin, token, edges }: StreamOptions): Socket {
  const { fetch, clock } = edges
  const abort = new AbortController()
  let connectionId = ''
  let closed = false
  let cancelSilence: () => void = () => undefined

  const socket: Socket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: (frame) => void call(frame).catch(() => end(1006)),
    close: () => void leave(),
  }

  function leave(): boolean {
    if (closed) return false
    closed = true
    cancelSilence()
    abort.abort()
    return true
  }

  function end(code: number, reason = ''): void {
    if (leave()) socket.onclose?.({ code, reason })
  }

  function heard(): void {
    cancelSilence()
    if (!closed) cancelSilence = clock.after(silenceMs, () => end(1006, 'silent'))
  }

  async function request(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    if (token) headers.set('authorization', `Bearer ${await token()}`)
    const answer = { ...init, headers, credentials: 'include', signal: abort.signal } as const
    return await fetch(`${origin}${path}`, answer)
  }

  async function read(): Promise<void> {
    const response = await request('/api/v1/stream', { headers: { accept: 'text/event-stream' } })
    // A page that asks one to sign in to the network answers 200 too.
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
    if (!response.ok || !response.body || !isStream) return end(closeOf(response.status))
    heard()
    socket.onopen?.()
    const take = eventReader(({ event, data }) => {
      if (event === 'close') return end(...closing(data))
      const frame = parseFrame(data)
      if (frame.kind === 'push' && frame.method === 'hello') connectionId = idOf(frame.params)
      socket.onmessage?.({ data })
    })
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let next = await reader.read(); !next.done && !closed; next = await reader.read()) {
      heard()
      take(next.value)
    }
    end(1006)
  }

  async function call(frame: string): Promise<void> {
    // The frame is an object that begins with its brace: the connection's id goes in behind that.
    const body = `{"connectionId":${JSON.stringify(connectionId)},${frame.slice(1)}`
    const headers = { 'content-type': 'application/json' }
    const response = await request('/api/v1/call', { method: 'POST', headers, body })
    const text = await response.text()
    if (closed || response.status === 204) return
    if (response.ok) return socket.onmessage?.({ data: text })
    // 404: the server has ended the stream, which may not have been heard of.
    if (response.status < 500 && response.status !== 400 && response.status !== 429)
      return end(closeOf(response.status))
    const refusal = problemRefusal(response.status, parseJson(text), response.headers.get('retry-after'))
    socket.onmessage?.({ data: JSON.stringify({ ...idIn(frame), error: refusalError(refusal) }) })
  }

  read().catch((error: unknown) =>
    end(error instanceof Refusal && error.code === 'unauthenticated' ? closeCode.signedOut : 1006),
  )
  return socket
}

/** A refused request as the close that says the same. */
function closeOf(status: number): number {
  if (status === 401) return closeCode.signedOut
  if (status === 403) return closeCode.originRefused
  return status === 413 ? closeCode.tooLarge : 1006
}

function closing(data: string): [code: number, reason: string] {
  const said: unknown = parseJson(data)
  if (typeof said !== 'object' || said === null) return [1006, '']
  const code = 'code' in said && typeof said.code === 'number' ? said.code : 1006
  return [code, 'reason' in said && typeof said.reason === 'string' ? said.reason : '']
}

const idOf = (hello: unknown): string =>
  typeof hello === 'object' && hello !== null && 'connectionId' in hello ? String(hello.connectionId) : ''

function idIn(frame: string): object {
  const call: unknown = parseJson(frame)
  return typeof call === 'object' && call !== null && 'id' in call ? { id: call.id } : {}
}
