import { type CallParams, isMethod, type Method } from '@confab/protocol/calls'
import { type CallId, type RpcError, refusalError, rpcError } from '@confab/protocol/frames'
import { type FieldError, Refusal } from '@confab/protocol/refusal'
import type { z } from 'zod'

/** A frame that was understood, the error to answer it with, or neither: see `unanswered`. */
export type Parsed = Call | { id: CallId | null; error: RpcError } | undefined

export type Call = { [M in Method]: { id: CallId | undefined; method: M; params: CallParams[M] } }[Method]

export type CallSchemas = { [M in Method]: z.ZodType<CallParams[M]> }

const idCharsMax = 256

// By hand: every frame has one, and a schema took 1 µs for it.
const isCallId = (id: unknown): id is CallId =>
  typeof id === 'string' ? id.length <= idCharsMax : Number.isFinite(id)

/** Parses the text of a client's frame. Never throws. */
export function parseFrame(schemas: CallSchemas, text: string, signedIn: boolean): Parsed {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    return failed(null, rpcError.parse, 'The frame is not JSON')
  }
  return parseCall(schemas, frame, signedIn)
}

/**
 * Parses what a frame says: JSON-RPC 2.0, one call, no batch. Never throws. Of who hasn't signed in no params
 * are looked at but those of `auth`.
 */
export function parseCall(schemas: CallSchemas, frame: unknown, signedIn: boolean): Parsed {
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) {
    return failed(null, rpcError.request, 'The frame is not one call')
  }
  const { jsonrpc = '2.0', id, method, params } = frame as Record<string, unknown>
  if (id !== undefined && !isCallId(id))
    return failed(null, rpcError.request, `An id is a number or a string of at most ${idCharsMax} characters`)
  if (jsonrpc !== '2.0') return failed(id ?? null, rpcError.request, 'This is JSON-RPC 2.0')
  if (typeof method !== 'string') return failed(id ?? null, rpcError.request, 'The call names no method')
  if (!isMethod(method)) {
    return id === undefined ? unanswered : failed(id, rpcError.method, 'There is no such method')
  }
  if (!signedIn && method !== 'auth') return id === undefined ? unanswered : { id, error: strange }
  const parsed = schemas[method].safeParse(params ?? {})
  if (!parsed.success) {
    const errors = fieldErrors(parsed.error)
    return id === undefined ? unanswered : failed(id, rpcError.params, 'The params are not valid', errors)
  }
  return { id, method, params: parsed.data } as Call
}

const strange = refusalError(new Refusal('unauthenticated', { detail: 'Call auth first' }))

/** JSON-RPC answers no notification, not even with an error: its sender would not know which failed. */
const unanswered = undefined

const failed = (id: CallId | null, code: number, message: string, errors?: FieldError[]) => ({
  id,
  error: { code, message, data: { code: 'invalid' as const, ...(errors && { errors }) } },
})

/** More would tell no more, and let a small frame ask for a large answer. */
const errorsMax = 20

const fieldErrors = ({ issues }: z.ZodError): FieldError[] =>
  issues.slice(0, errorsMax).map(({ path, message }) => ({ path: path.join('.'), message }))
