import type { Report } from './report.ts'

/**
 * So soon after the first, another one is the same word: who signals the whole process group tells this process,
 * and the launcher and npm before it, who hand it on.
 */
const sameWordMs = 1_000

/** The first SIGTERM or SIGINT; another one, later, ends the process at once. */
export function nextSignal(elapsed = () => performance.now()): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  let askedAt: number | undefined
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (askedAt !== undefined && elapsed() - askedAt >= sameWordMs) process.exit(1)
      askedAt ??= elapsed()
      resolve(signal)
    })
  }
  return promise
}

/** After a mistake nobody knows what is whole in memory: the next start begins with what is durable. */
export function endOnFailure(report: Report): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (cause: unknown) => {
      report('the process ends: nobody caught this', cause)
      process.exit(1)
    })
  }
}

/** Ends with status 1 where the work takes too long; whoever waits for the process would kill it next. */
export async function endWithin(ms: number, report: Report, work: () => Promise<void>): Promise<void> {
  const timer = setTimeout(() => {
    report('not everything stopped in time', undefined)
    process.exit(1)
  }, ms)
  await work()
  clearTimeout(timer)
}
