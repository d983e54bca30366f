import type { Metrics } from '../lib/metrics.ts'
import type { Queue } from '../ports/queue.ts'
import type { Store } from '../ports/store.ts'

/** Observed once a batch, not once a write. */
export function measureCommits(store: Store, { histogram }: Metrics): Pick<Store, 'commit'> {
  const sizes = histogram(
    'confab_commit_batch_writes',
    'Writes that shared a transaction.',
    [1, 4, 16, 64, 256, 512],
  )
  const seconds = histogram(
    'confab_commit_seconds',
    'Time of a transaction.',
    [0.001, 0.004, 0.016, 0.064, 0.25, 1],
  )
  return {
    async commit(writes) {
      const startedAt = performance.now()
      const outcomes = await store.commit(writes)
      seconds((performance.now() - startedAt) / 1_000)
      sizes(writes.length)
      return outcomes
    },
  }
}

export function measureJobs(queue: Pick<Queue, 'counts'>, { gauge }: Metrics): void {
  gauge('confab_jobs_waiting', 'Jobs that wait or are under way.', async () => (await queue.counts()).waiting)
  gauge(
    'confab_jobs_dead',
    'Jobs given up, kept for an administrator.',
    async () => (await queue.counts()).dead,
  )
}
