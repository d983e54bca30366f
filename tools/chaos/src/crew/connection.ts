import type { CallInput, CallResults, Method } from '@confab/protocol/calls'
import type { PushFrame } from '@confab/protocol/frames'
import { openRawSocket } from '../../../load/src/wire/raw-socket.ts'
import { now } from './recorder.ts'

export interface Refused {
  code: string
  retryAfterMs: number | undefined
}

export type Answer<Result> = { result: Result } | { refused: Refused }

/** The connection ended before the answer came: nobody knows whether the call was done. */
export class Lost extends Error {
  override readonly name = 'Lost'
}

/** A client of the contract's frames, and no more: what it tells is what the server sent. */
export interface Connection {
  /**
   * `heard` is told of the answer at once, before any frame that came after it. Rejects with `Lost`.
   */
  call<M extends Method>(
    method: M,
    params: CallInput[M],
    heard?: (answer: Answer<CallResults[M]>) => void,
  ): Promise<Answer<CallResults[M]>>
  /** Ends it as a lost network does. */
  kill(): void
}

export interface ConnectionOptions {
  url: string
  token: string
  onPush: (push: PushFrame) => void
  /** When a call began that has been answered. */
  onAnswered: (asked: number) => void
  /** Once; 1006 if it ended without a word. */
  onClose: (code: number) => void
  /**
   * Gives up when nothing was heard for so long. Asks for a sign of life whenever it has asked nothing for a
   * third of it, whatever it hears: who only listens would never be known to be answered.
   */
  silenceMs: number
}

type Heard = (frame: unknown) => void

const lookMs = 250
const decoder = new TextDecoder()

export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { url, token, onPush, onAnswered, onClose, silenceMs } = options
  const calls = new Map<number, { heard: Heard; lost: () => void }>()
  let lastId = 0
  let heardAt = performance.now()
  let askedAt = heardAt
  let timer: Timer | undefined

  const socket = await within(
    silenceMs,
    openRawSocket({
      port: Number(new URL(url).port),
      path: '/api/v1/ws',
      headers: { Authorization: `Bearer ${token}` },
      onText(bytes, start, end) {
        heardAt = performance.now()
        const frame: PushFrame | { id: number } = JSON.parse(decoder.decode(bytes.subarray(start, end)))
        if ('method' in frame) return onPush(frame)
        const call = calls.get(frame.id)
        calls.delete(frame.id)
        call?.heard(frame)
      },
      onClose(code) {
        clearInterval(timer)
        for (const { lost } of calls.values()) lost()
        calls.clear()
        onClose(code ?? 1006)
      },
    }),
  )

  timer = setInterval(() => {
    const silent = performance.now() - heardAt
    if (silent > silenceMs) socket.kill()
    else if (performance.now() - askedAt > silenceMs / 3) connection.call('ping', {}).catch(() => undefined)
  }, lookMs)

  const connection: Connection = {
    call<M extends Method>(
      method: M,
      params: CallInput[M],
      heard?: (answer: Answer<CallResults[M]>) => void,
    ) {
      const id = ++lastId
      askedAt = performance.now()
      const began = now()
      const { promise, resolve, reject } = Promise.withResolvers<Answer<CallResults[M]>>()
      calls.set(id, {
        heard(frame) {
          onAnswered(began)
          const answer = answerOf<CallResults[M]>(frame)
          heard?.(answer)
          resolve(answer)
        },
        lost: () => reject(new Lost(method)),
      })
      socket.send(JSON.stringify({ id, method, params }))
      return promise
    },
    kill: () => socket.kill(),
  }
  return connection
}

interface ErrorFrame {
  error: { message: string; data?: { code: string; retryAfterMs?: number } }
}

function answerOf<Result>(frame: unknown): Answer<Result> {
  const answer = frame as { result: Result } | ErrorFrame
  if (!('error' in answer)) return { result: answer.result }
  const { data, message } = answer.error
  return { refused: { code: data?.code ?? message, retryAfterMs: data?.retryAfterMs } }
}

/** A server that is stopped takes a connection and never answers. */
function within<Opened extends { kill(): void }>(ms: number, opening: Promise<Opened>): Promise<Opened> {
  const { promise, resolve, reject } = Promise.withResolvers<Opened>()
  let late = false
  const timer = setTimeout(() => {
    late = true
    reject(new Lost('upgrade'))
  }, ms)
  opening.then(
    (opened) => {
      clearTimeout(timer)
      if (late) opened.kill()
      else resolve(opened)
    },
    (cause) => {
      clearTimeout(timer)
      reject(new Lost('upgrade', { cause }))
    },
  )
  return promise
}
