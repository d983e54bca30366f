import { Refusal } from '@confab/protocol/refusal'
import type { Domain } from '../domain.ts'
import { readRetention } from './retention-setting.ts'

/**
 * Messages of one conversation that go in one transaction, 3 ms, and once a second: members are told of no
 * more than that, and a million take under six hours (docs/decisions/0015).
 */
export const expiredAtOnce = 50
const roundMs = 1_000
/** Between the steps of two conversations: others write meanwhile. */
const stepMs = 40
/** Conversations looked at in one go: some 1 ms. */
export const lookedAtOnce = 200
/** Where nothing is due: a message may stay so much longer than it should. */
const restMs = 10 * 60_000

/**
 * Deletes what is older than it is kept, round after round, until stopped. A round that finds nothing is
 * followed by a rest; one that fails is reported, and so is tried again.
 */
export function expireForEver(
  domain: Pick<Domain, 'store' | 'settings' | 'commits' | 'clock' | 'report'>,
): AsyncDisposable {
  const { clock, report } = domain
  let stopped = false
  let wake: () => void = () => undefined

  const pause = (ms: number): Promise<void> =>
    new Promise<void>((resolve) => {
      const cancel = clock.after(ms, resolve)
      wake = () => {
        cancel()
        resolve()
      }
      if (stopped) wake()
    })

  async function run(): Promise<void> {
    while (!stopped) {
      const startedAt = clock.now()
      const found = await round().catch((cause) => {
        report('what is older than it is kept was not deleted', cause)
        return false
      })
      if (!stopped) await pause(found ? Math.max(0, startedAt + roundMs - clock.now()) : restMs)
    }
  }

  /** A step of each conversation that has something due. */
  async function round(): Promise<boolean> {
    const { days: serverDays } = await readRetention(domain)
    let found = false
    let after: number | undefined
    do {
      const page = { now: clock.now(), serverDays, after, limit: lookedAtOnce }
      const { due, next } = await domain.store.dueForExpiry(page)
      for (const one of due) {
        if (stopped) return found
        await step(one)
        found = true
        await pause(stepMs)
      }
      after = next ?? undefined
      // The store may answer without letting anybody else run in between.
      if (after !== undefined) await pause(0)
    } while (after !== undefined && !stopped)
    return found
  }

  async function step(due: Awaited<ReturnType<Domain['store']['dueForExpiry']>>['due'][number]) {
    const write = { write: 'messages.expire', ...due, at: clock.now(), limit: expiredAtOnce } as const
    await domain.commits.commit(write).catch((cause) => {
      // Deleted meanwhile.
      if (!(cause instanceof Refusal && cause.code === 'not_found')) throw cause
    })
  }

  const ended = run()
  return {
    async [Symbol.asyncDispose]() {
      stopped = true
      wake()
      await ended
    },
  }
}
