import type { Method } from '@confab/protocol/calls'
import { type CallId, encodeResult, type RpcError, refusalError, rpcError } from '@confab/protocol/frames'
import { Refusal } from '@confab/protocol/refusal'
import type { Limiter } from '../../domain/limits/limiter.ts'
import type { TellRefused } from '../../domain/security/tell-refused.ts'
import { assert } from '../../lib/assert.ts'
import type { Report } from '../../lib/report.ts'
import type { Calls } from './calls.ts'
import { type Connection, isSignedIn, type SignedIn } from './connection.ts'
import { limitsOfCalls } from './limits-of-calls.ts'
import type { Call } from './parse-frame.ts'

/**
 * Runs a call and sends its answer; none to a notification. Never rejects. It resolves when the answer has
 * been handed over, and only then comes the next large one's turn.
 */
export type AnswerCall = (connection: Connection, call: Call, send: (frame: string) => void) => Promise<void>

const callsUnderWayMax = 512
/** Large replies that wait for their turn, each holding its call's params. */
const turnsWaitingMax = 32
const largeReplies: ReadonlySet<Method> = new Set(['sync', 'conversations', 'events', 'history'])
const retryBusyMs = 250

export function prepareAnswerCall({
  calls,
  auth,
  limiter,
  tellRefused,
  report,
}: {
  calls: Calls
  /** Undefined where nothing is limited. */
  limiter: Pick<Limiter, 'take'> | undefined
  auth: (connection: Connection, token: string) => Promise<Record<string, never>>
  tellRefused: TellRefused
  report: Report
}): AnswerCall {
  async function run(connection: Connection, { method, params }: Call) {
    if (method === 'auth') return auth(connection, params.token)
    assert(isSignedIn(connection), `${method} was let in without a session`)
    const limit = limitsOfCalls[method]
    if (limiter && limit) await limiter.take(limit, connection.session.userId)
    return (calls[method] as (connection: SignedIn, params: unknown) => ReturnType<typeof calls.ping>)(
      connection,
      params,
    )
  }

  function refusal(id: CallId, cause: unknown): string {
    if (!(cause instanceof Refusal)) report('gateway: a call failed', cause)
    const error: RpcError = cause instanceof Refusal ? refusalError(cause) : internalError
    return JSON.stringify({ id, error })
  }

  return async (connection, call, send) => {
    const { id } = call
    const isLarge = largeReplies.has(call.method)
    if (
      connection.callsUnderWay >= callsUnderWayMax ||
      (isLarge && connection.turnsWaiting >= turnsWaitingMax)
    ) {
      if (id !== undefined) send(refusal(id, new Refusal('overloaded', { retryAfterMs: retryBusyMs })))
      return
    }
    connection.callsUnderWay++
    const endTurn = isLarge ? await connection.turn() : undefined
    try {
      const result = await run(connection, call)
      if (id !== undefined) send(encodeResult(id, result))
    } catch (cause) {
      if (cause instanceof Refusal)
        tellRefused({ code: cause.code, door: call.method, userId: connection.session?.userId })
      if (id !== undefined) send(refusal(id, cause))
      else if (!(cause instanceof Refusal)) report('gateway: a notification failed', cause)
    } finally {
      endTurn?.()
      connection.callsUnderWay--
    }
  }
}

const internalError: RpcError = {
  code: rpcError.internal,
  message: 'Something went wrong here: try again',
  data: { code: 'internal' },
}
