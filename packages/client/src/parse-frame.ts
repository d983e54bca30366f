import { type CallResults, callResults, type Method } from '@confab/protocol/calls'
import { type Event, eventData, wireEvent } from '@confab/protocol/event'
import { errorRefusal, type RpcError } from '@confab/protocol/frames'
import { type PushMethod, type PushParams, pushParams } from '@confab/protocol/pushes'
import { Refusal } from '@confab/protocol/refusal'

/** What a frame of the server is; the parts are checked by those who take them, below. */
export type ServerFrame =
  | { kind: 'push'; method: string; params: unknown }
  | { kind: 'result'; id: number; result: unknown }
  | { kind: 'refused'; id: number; refusal: Refusal }
  | { kind: 'unreadable'; why: string }

/** Takes the data of a socket's message, and never throws. */
export function parseFrame(data: unknown): ServerFrame {
  if (typeof data !== 'string') return { kind: 'unreadable', why: 'not a text frame' }
  let frame: unknown
  try {
    frame = JSON.parse(data)
  } catch {
    return { kind: 'unreadable', why: 'not JSON' }
  }
  if (typeof frame !== 'object' || frame === null) return { kind: 'unreadable', why: 'not an object' }
  if ('method' in frame && typeof frame.method === 'string')
    return { kind: 'push', method: frame.method, params: 'params' in frame ? frame.params : undefined }
  if (!('id' in frame) || typeof frame.id !== 'number')
    return { kind: 'unreadable', why: 'neither a push nor the reply to a call' }
  if ('error' in frame) return { kind: 'refused', id: frame.id, refusal: parseRefusal(frame.error) }
  return { kind: 'result', id: frame.id, result: 'result' in frame ? frame.result : undefined }
}

export const parseRefusal = (error: unknown): Refusal =>
  isRpcError(error) ? errorRefusal(error) : new Refusal('overloaded', { detail: 'unreadable error' })

const isRpcError = (error: unknown): error is RpcError =>
  typeof error === 'object' && error !== null && 'data' in error && typeof error.data === 'object'

export type PushHandlers = { [M in PushMethod]: (params: PushParams[M]) => void }

const pushParsers: {
  [M in PushMethod]: {
    safeParse(params: unknown): { success: true; data: PushParams[M] } | { success: false }
  }
} = pushParams

export const isPushMethod = (method: string): method is PushMethod => Object.hasOwn(pushParsers, method)

/** Hands a push to its handler; false where its params don't fit. */
export function dispatchPush<M extends PushMethod>(
  handlers: PushHandlers,
  method: M,
  params: unknown,
): boolean {
  const parsed = pushParsers[method].safeParse(params)
  if (parsed.success) handlers[method](parsed.data)
  return parsed.success
}

const resultParsers: { [M in Method]: { parse(result: unknown): CallResults[M] } } = callResults

/** A call's result, checked. Throws where the server broke the contract. */
export const parseResult = <M extends Method>(method: M, result: unknown): CallResults[M] =>
  resultParsers[method].parse(result)

/**
 * An event's data is checked by its type here, once, before it is folded. One that doesn't fit counts
 * as an event of an unknown type, which only advances the cursor: a copy must never get stuck.
 */
export function checkEvent(event: Event): { event: Event; fits: boolean } {
  if (!Object.hasOwn(eventData, event.type) || eventData[event.type].safeParse(event.data).success)
    return { event, fits: true }
  return { event: wireEvent.parse({ ...event, type: 'unreadable' }), fits: false }
}
