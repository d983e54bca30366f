import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { Store } from '../../ports/store.ts'
import type { CommitQueue } from '../delivery/commit-queue.ts'

const againAfterMs = 5_000

/**
 * Goes on with what an earlier process had begun to erase, once the store can;
 * the queue then sees to the rest.
 */
export async function resumeErasures(options: {
  store: Pick<Store, 'isErasing'>
  commits: Pick<CommitQueue, 'commit'>
  clock: Pick<Clock, 'now' | 'after'>
  report: Report
}): Promise<void> {
  const { store, commits, clock, report } = options
  try {
    if (await store.isErasing()) await commits.commit({ write: 'erasure.continue', at: clock.now() })
  } catch (cause) {
    report('an erasure was not resumed yet', cause)
    clock.after(againAfterMs, () => void resumeErasures(options))
  }
}
