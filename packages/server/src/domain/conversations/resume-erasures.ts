import type { Clock } from '../../lib/clock.ts'
import type { Report } from '../../lib/report.ts'
import type { CommitQueue } from '../delivery/commit-queue.ts'

/** Goes on with what an earlier process had begun to erase; the queue then sees to the rest. */
export function resumeErasures({
  commits,
  clock,
  report,
}: {
  commits: Pick<CommitQueue, 'commit'>
  clock: Pick<Clock, 'now'>
  report: Report
}): void {
  commits
    .commit({ write: 'erasure.continue', at: clock.now() })
    .catch((cause) => report('conversations: the erasure of deleted ones was not resumed', cause))
}
