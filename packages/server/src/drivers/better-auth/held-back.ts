import type { Report } from '../../lib/report.ts'

/** Resolves once so many milliseconds have passed since a time of `performance.now()`. */
export async function heldBack(since: number, forMs: number): Promise<void> {
  const left = forMs - (performance.now() - since)
  if (left > 0) await Bun.sleep(left)
}

/**
 * Does work that no answer waits for: begun on a later turn, its failure reported,
 * its end waited for at the close.
 */
export function openLater({ report }: { report: Report }) {
  const atWork = new Set<Promise<void>>()
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    run(work: () => Promise<void>): void {
      const done = turn()
        .then(work)
        .catch((cause) => report('work beside an answer of the accounts failed', cause))
        .finally(() => atWork.delete(done))
      atWork.add(done)
    },
    /** Resolves when all of it is done. */
    async settled(): Promise<void> {
      while (atWork.size > 0) await Promise.all(atWork)
    },
  }
}
