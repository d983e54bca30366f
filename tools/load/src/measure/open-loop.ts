/**
 * Sends at a steady rate whatever the answers do, as many independent people would. A latency counts from
 * the instant at which its send was due, not from when it went out: a server that stops for 100 ms then
 * shows it in every send that fell into them,
 * and not in one (Gil Tene calls the mistake coordinated omission).
 */
export interface OpenLoop {
  perSecond: number
  forMs: number
  /** Sends number `index`, due at `dueMs` of the clock; calls back when it is accepted, or refused. */
  send: (index: number, answered: (accepted: boolean) => void, dueMs: number) => void
  now?: () => number
  /** Waits, at least a moment. */
  pause?: (ms: number) => Promise<void>
}

export interface OpenLoopResult {
  /** From due to accepted, in milliseconds, one a send; infinite for one that was refused. */
  latenciesMs: number[]
  /** From due to sent: what the driver itself added. */
  lagsMs: number[]
  /** How many were accepted before the last one's time was over: what the server kept up with. */
  inTime: number
}

const answersWithinMs = 10_000

export async function runOpenLoop({
  perSecond,
  forMs,
  send,
  now = performance.now.bind(performance),
  pause = Bun.sleep,
}: OpenLoop): Promise<OpenLoopResult> {
  const everyMs = 1_000 / perSecond
  const total = Math.floor(forMs / everyMs)
  const latenciesMs: number[] = []
  const lagsMs: number[] = []
  const startedAt = now()
  const dueAt = (index: number) => startedAt + index * everyMs
  let inTime = 0

  for (let next = 0; next < total; ) {
    for (; next < total && dueAt(next) <= now(); next++) {
      const due = dueAt(next)
      lagsMs.push(now() - due)
      const answered = (accepted: boolean) => {
        const at = now()
        latenciesMs.push(accepted ? at - due : Number.POSITIVE_INFINITY)
        if (accepted && at <= dueAt(total)) inTime++
      }
      send(next, answered, due)
    }
    if (next < total) await pause(Math.max(0, dueAt(next) - now()))
  }
  const endAt = dueAt(total) + answersWithinMs
  while (latenciesMs.length < total) {
    if (now() > endAt) throw new Error(`${total - latenciesMs.length} of ${total} sends were never answered`)
    await pause(5)
  }
  return { latenciesMs, lagsMs, inTime }
}
