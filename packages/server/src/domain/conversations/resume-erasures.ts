import type { Clock } from '../../lib/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { CommitQueue } from '../delivery/commit-queue.ts'

/** Goes on with what an earlier process had begun to erase; the queue then sees to the rest. */
export async function resumeErasures({
  store,
  commits,
  clock,
}: {
  store: Pick<Store, 'isErasing'>
  commits: Pick<CommitQueue, 'commit'>
  clock: Pick<Clock, 'now'>
}): Promise<void> {
  if (await store.isErasing()) await commits.commit({ write: 'erasure.continue', at: clock.now() })
}
