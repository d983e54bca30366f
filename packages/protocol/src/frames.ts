import type { CallResults, Method } from './calls.ts'
import type { PushMethod, PushParams } from './pushes.ts'
import type { FieldError } from './refusal.ts'
import { isRefusalCode, Refusal, type RefusalCode } from './refusal.ts'

/** The frames of the socket: JSON text in the form of JSON-RPC 2.0. */
export const rpcError = {
  parse: -32700,
  request: -32600,
  method: -32601,
  params: -32602,
  internal: -32603,
  refused: -32000,
} as const

export type CallId = string | number

export interface RpcError {
  code: number
  message: string
  data: { code: RefusalCode | 'internal'; detail?: string; errors?: FieldError[]; retryAfterMs?: number }
}

export type ReplyFrame = { id: CallId; result: unknown } | { id: CallId | null; error: RpcError }
export type PushFrame = { [M in PushMethod]: { method: M; params: PushParams[M] } }[PushMethod]
export interface CallFrame {
  id?: CallId | undefined
  method: string
  params: unknown
}

export const encodePush = <M extends PushMethod>(method: M, params: PushParams[M]): string =>
  JSON.stringify({ method, params })

export const encodeResult = <M extends Method>(id: CallId, result: CallResults[M]): string =>
  JSON.stringify({ id, result })

/** A refusal as a frame's error. A wrong field is JSON-RPC's own "invalid params". */
export function refusalError({ code, detail, errors, retryAfterMs }: Refusal): RpcError {
  return {
    code: code === 'invalid' ? rpcError.params : rpcError.refused,
    message: detail,
    data: {
      code,
      detail,
      ...(errors && { errors }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
  }
}

/** The way back, for the SDK. A code that this version doesn't know is an `overloaded`: try again later. */
export function errorRefusal({ data, message }: RpcError): Refusal {
  return new Refusal(isRefusalCode(data?.code) ? data.code : 'overloaded', {
    detail: data?.detail ?? message,
    ...(data?.errors && { errors: data.errors }),
    ...(data?.retryAfterMs !== undefined && { retryAfterMs: data.retryAfterMs }),
  })
}
