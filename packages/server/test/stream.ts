import type { PushFrame } from '@confab/protocol/frames'
import { pushParams } from '@confab/protocol/pushes'
import type { Person, TestServer } from './start-server.ts'
import { within } from './within.ts'

/** A client of the event stream with calls beside it, for who can't open a socket. */
export interface Stream extends AsyncDisposable {
  connectionId: string
  frames: readonly PushFrame[]
  next<M extends PushFrame['method']>(method: M): Promise<Extract<PushFrame, { method: M }>['params']>
  /** The frame that answers a call, or the problem with which the request is refused. */
  call(
    method: string,
    params?: unknown,
    as?: Pick<Person, 'token'>,
  ): Promise<{ status: number; body: unknown }>
  /** What the event `close` said before the stream ended. */
  closed: Promise<unknown>
}

export async function openStream(
  server: Pick<TestServer, 'url' | 'call'>,
  person: Pick<Person, 'token'>,
): Promise<Stream> {
  const abort = new AbortController()
  const response = await fetch(new URL('/api/v1/stream', server.url), {
    headers: { authorization: `Bearer ${person.token}` },
    signal: abort.signal,
  })
  if (!response.ok || !response.body)
    throw new Error(`no stream: ${response.status} ${await response.text()}`)
  const frames: PushFrame[] = []
  const taken = new Set<PushFrame>()
  const looks = new Set<() => void>()
  const { promise: closed, resolve: end } = Promise.withResolvers<unknown>()

  function hear(event: string) {
    const data = /^data: ([^\n]*)/m.exec(event)?.[1]
    if (data === undefined) return
    if (event.startsWith('event: close')) return end(JSON.parse(data))
    const frame: PushFrame = JSON.parse(data)
    pushParams[frame.method].parse(frame.params)
    frames.push(frame)
    for (const look of looks) look()
  }

  async function read(body: ReadableStream<Uint8Array>) {
    const decoder = new TextDecoder()
    let text = ''
    for await (const bytes of body) {
      text += decoder.decode(bytes, { stream: true })
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) hear(event)
    }
    end(undefined)
  }
  // Aborting is how the test leaves.
  read(response.body).catch(() => end(undefined))

  async function next(method: string): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const look = () => {
      const frame = frames.find((one) => one.method === method && !taken.has(one))
      if (!frame) return
      taken.add(frame)
      looks.delete(look)
      resolve(frame.params)
    }
    looks.add(look)
    look()
    return within(promise, `a push ${method}`)
  }

  const { connectionId } = (await next('hello')) as { connectionId: string }
  return {
    connectionId,
    frames,
    closed,
    next: next as Stream['next'],
    call: (method, params = {}, as = person) =>
      server.call(as, 'POST /api/v1/call', { connectionId, id: 1, method, params }),
    async [Symbol.asyncDispose]() {
      abort.abort()
      await closed
    },
  }
}
