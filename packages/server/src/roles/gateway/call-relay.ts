import { type ConnectionId, connectionId, type SessionId, uuidPattern } from '@confab/protocol/ids'
import { isRefusalCode, Refusal, type RefusalCode } from '@confab/protocol/refusal'
import type { Clock } from '../../lib/clock.ts'
import { putLatest } from '../../lib/put-latest.ts'
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
  /**
   * `undefined` to a notification. Refuses with `not_found` where nobody holds such a stream, `overloaded`
   * where who does can't answer now, or nothing goes between the nodes, and `rate_limited` where too many of
   * the session are under way elsewhere.
   */
  call(call: StreamCall): Promise<string | undefined>
}

/**
 * Who takes longer to answer says by then that it is at it; of whom nothing is heard by the second,
 * isn't there.
 */
export const atItAfterMs = 250
export const heardWithinMs = 1_000
/** A node that was heard of that lately is there, and slow: its stream isn't gone. */
export const heardLatelyMs = 10_000
export const answeredWithinMs = 10_000
const underWayMax = 10_000
/** Of one session. A client has some under way at a time; a socket may have 512, which cost no bus. */
export const underWayOfSessionMax = 128
const nodesKnownMax = 256
const retryAfterMs = 1_000

/** The tail of a UUIDv7, which is random. */
const tagLength = 8
const tagOf = (id: string) => id.slice(-tagLength)

interface Carried extends StreamCall {
  from: string
  call: number
}

interface Answered {
  call: number
  /** The answer is still to come. */
  isAtIt?: true
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
  const ofSessions = new Map<SessionId, number>()
  /** When nodes were heard of last, that latest last. */
  const heardAt = new Map<string, number>()
  let calls = 0
  /** How many there have been. */
  let cuts = 0

  function hear({ channel, body }: BusMessage) {
    if (channel === channelOf(here, 'calls')) void answerFrom(JSON.parse(body) as Carried)
    else takeAnswer(JSON.parse(body) as Answered)
  }

  async function answerFrom({ from, call, ...asked }: Carried) {
    const sayAtIt = () => tell(channelOf(from, 'answers'), { call, isAtIt: true })
    const cancel = clock.after(atItAfterMs, sayAtIt)
    const answered = await answer(asked).then(
      (reply): Answered => ({ call, ...(reply !== undefined && { reply }) }),
      (cause): Answered => ({ call, ...refusedFor(cause) }),
    )
    cancel()
    tell(channelOf(from, 'answers'), answered)
  }

  function refusedFor(cause: unknown): Omit<Answered, 'call'> {
    if (!(cause instanceof Refusal)) {
      report('gateway: a call of another node was not answered', cause)
      return unanswered
    }
    return {
      refused: cause.code,
      ...(cause.retryAfterMs !== undefined && { retryAfterMs: cause.retryAfterMs }),
    }
  }

  function takeAnswer(answered: Answered) {
    underWay.get(answered.call)?.(answered)
  }

  const tell = (channel: string, body: Carried | Answered) =>
    bus.publish([{ channel, seq: 0, body: JSON.stringify(body) }])

  async function carry(asked: StreamCall): Promise<string | undefined> {
    const { id, sessionId } = asked
    if (!uuidPattern.test(id)) throw new Refusal('not_found')
    // It would not come there, and its stream is not gone: a client that took it for that would begin anew.
    if (bus.isCut) throw new Refusal('overloaded', { retryAfterMs })
    const ofSession = ofSessions.get(sessionId) ?? 0
    if (ofSession >= underWayOfSessionMax) throw new Refusal('rate_limited', { retryAfterMs })
    if (underWay.size >= underWayMax) throw new Refusal('overloaded', { retryAfterMs })
    ofSessions.set(sessionId, ofSession + 1)
    try {
      const { reply, refused, ...more } = await answerOf(asked)
      if (!isRefusalCode(refused)) return reply
      throw new Refusal(refused, more.retryAfterMs === undefined ? {} : { retryAfterMs: more.retryAfterMs })
    } finally {
      const left = (ofSessions.get(sessionId) ?? 1) - 1
      if (left > 0) ofSessions.set(sessionId, left)
      else ofSessions.delete(sessionId)
    }
  }

  function answerOf(asked: StreamCall): Promise<Answered> {
    const call = ++calls
    const node = tagOf(asked.id)
    const { promise, resolve } = Promise.withResolvers<Answered>()
    const cancelWait = clock.after(answeredWithinMs, () => end({ call, ...unanswered }))
    const cutsBefore = cuts
    const isCutMeanwhile = () => bus.isCut || cuts !== cutsBefore
    const cancelFirst = clock.after(heardWithinMs, () =>
      end({
        call,
        ...(isHeardLately(node) || isCutMeanwhile() ? unanswered : { refused: 'not_found' }),
      }),
    )
    function end(answered: Answered) {
      underWay.delete(call)
      cancelWait()
      cancelFirst()
      resolve(answered)
    }
    underWay.set(call, (answered) => {
      noteHeard(node)
      if (answered.isAtIt) cancelFirst()
      else end(answered)
    })
    tell(channelOf(node, 'calls'), { ...asked, from: here, call })
    return promise
  }

  const noteHeard = (node: string) => putLatest(heardAt, node, { value: clock.elapsed(), max: nodesKnownMax })

  const isHeardLately = (node: string) =>
    (heardAt.get(node) ?? Number.NEGATIVE_INFINITY) >= clock.elapsed() - heardLatelyMs

  const stopHearingCuts = bus.onCut(() => cuts++)
  bus.subscribe(channels, hear).catch((cause) => report('gateway: streams take no calls elsewhere', cause))

  return {
    newStreamId: () => connectionId.parse(newId().slice(0, -tagLength) + here),
    call: (asked) => (tagOf(asked.id) === here ? answer(asked) : carry(asked)),
    [Symbol.dispose]() {
      stopHearingCuts()
      bus.unsubscribe(channels, hear)
      for (const [call, take] of underWay) take({ call, ...unanswered })
    },
  }
}

/** Its node may have done it: the client asks again, under the same identity where it matters. */
const unanswered = { refused: 'overloaded', retryAfterMs } as const

const channelOf = (node: string, what: 'calls' | 'answers') => `node:${node}:${what}`
