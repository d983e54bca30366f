import { type ConnectionId, connectionId, type SessionId, uuidPattern } from '@confab/protocol/ids'
import { isRefusalCode, Refusal, type RefusalCode } from '@confab/protocol/refusal'
import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { Bus, BusMessage } from '../../ports/bus.ts'

/** A call on a stream: whoever holds the stream looks whether the session is its own. */
export interface StreamCall {
  sessionId: SessionId
  id: ConnectionId
  frame: unknown
}

/**
 * Answers a call on a stream where the stream is. A request comes to any node, since what balances the load
 * knows nothing of streams: so a stream's id ends in its node's tag, and the call is carried there over the
 * bus, and its answer back.
 */
export interface CallRelay extends Disposable {
  /** The id of a stream of this node. */
  newStreamId(): ConnectionId
  /** `undefined` to a notification. Refuses with `not_found` what nobody answers, as the stream may be gone. */
  call(call: StreamCall): Promise<string | undefined>
}

/** Then its node is taken for dead. The client connects anew, and sends again what it isn't sure of. */
export const answeredWithinMs = 10_000
const underWayMax = 10_000

/** The tail of a UUIDv7, which is random. */
const tagLength = 8
const tagOf = (id: string) => id.slice(-tagLength)

interface Carried extends StreamCall {
  from: string
  call: number
}

interface Answered {
  call: number
  reply?: string
  refused?: RefusalCode
  retryAfterMs?: number
}

export function openCallRelay({
  bus,
  clock,
  newId,
  report,
  answer,
}: {
  bus: Bus
  clock: Clock
  newId: () => string
  report: Report
  /** Answers a call on a stream of this node. */
  answer: (call: StreamCall) => Promise<string | undefined>
}): CallRelay {
  const here = tagOf(newId())
  const channels = [channelOf(here, 'calls'), channelOf(here, 'answers')]
  const underWay = new Map<number, (answered: Answered) => void>()
  let calls = 0

  function hear({ channel, body }: BusMessage) {
    if (channel === channelOf(here, 'calls')) void answerFrom(JSON.parse(body) as Carried)
    else takeAnswer(JSON.parse(body) as Answered)
  }

  async function answerFrom({ from, call, ...asked }: Carried) {
    const answered = await answer(asked).then(
      (reply): Answered => ({ call, ...(reply !== undefined && { reply }) }),
      (cause): Answered => ({ call, ...refusedFor(cause) }),
    )
    tell(channelOf(from, 'answers'), answered)
  }

  function refusedFor(cause: unknown): Omit<Answered, 'call'> {
    if (!(cause instanceof Refusal)) {
      report('gateway: a call of another node was not answered', cause)
      return { refused: 'not_found' }
    }
    const { code, retryAfterMs } = cause
    return { refused: code, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  }

  function takeAnswer(answered: Answered) {
    underWay.get(answered.call)?.(answered)
  }

  const tell = (channel: string, body: Carried | Answered) =>
    bus.publish([{ channel, seq: 0, body: JSON.stringify(body) }])

  async function carry(asked: StreamCall): Promise<string | undefined> {
    if (!uuidPattern.test(asked.id)) throw new Refusal('not_found')
    if (underWay.size >= underWayMax) throw new Refusal('overloaded', { retryAfterMs: 1_000 })
    const call = ++calls
    const { promise, resolve } = Promise.withResolvers<Answered>()
    underWay.set(call, resolve)
    const cancel = clock.after(answeredWithinMs, () => resolve({ call, refused: 'not_found' }))
    tell(channelOf(tagOf(asked.id), 'calls'), { ...asked, from: here, call })
    const { reply, refused, retryAfterMs } = await promise
    underWay.delete(call)
    cancel()
    if (!isRefusalCode(refused)) return reply
    throw new Refusal(refused, retryAfterMs === undefined ? {} : { retryAfterMs })
  }

  bus.subscribe(channels, hear).catch((cause) => report('gateway: streams take no calls elsewhere', cause))

  return {
    newStreamId: () => connectionId.parse(newId().slice(0, -tagLength) + here),
    call: (asked) => (tagOf(asked.id) === here ? answer(asked) : carry(asked)),
    [Symbol.dispose]() {
      bus.unsubscribe(channels, hear)
      for (const [call, end] of underWay) end({ call, refused: 'not_found' })
    },
  }
}

const channelOf = (node: string, what: 'calls' | 'answers') => `node:${node}:${what}`
