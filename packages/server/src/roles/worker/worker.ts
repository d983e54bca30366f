import { userId } from '@confab/protocol/ids'
import { z } from 'zod'
import { finishCutOff } from '../../domain/accounts/finish-cut-off.ts'
import { forgetExpiredExports } from '../../domain/exports/forget-expired-exports.ts'
import { type MakingExports, makeExport } from '../../domain/exports/make-export.ts'
import { expireForEver } from '../../domain/retention/expire-for-ever.ts'
import type { Queue, Worker } from '../../ports/queue.ts'

const exportJob = z.object({ userId, id: z.string() })

/**
 * Does the jobs that take their time. Stopping cuts off what is under way:
 * it is begun anew at the next start.
 */
export function openWorkerRole({
  queue,
  ...making
}: MakingExports &
  Parameters<typeof expireForEver>[0] &
  Parameters<typeof finishCutOff>[0] & { queue: Queue }): Worker {
  const stopping = new AbortController()
  // One at a time: each walks through all that there is of a person.
  const exports = queue.work('export', { atOnce: 1 }, ({ payload, attempt }) =>
    makeExport(making, { ...exportJob.parse(JSON.parse(payload)), attempt, signal: stopping.signal }),
  )
  const forgetting = forgetExpiredExports(making)
  const expiring = expireForEver(making)
  const finishing = finishCutOff(making)
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort(new Error('the server is stopping'))
      await Promise.all([exports, forgetting, expiring, finishing].map((one) => one[Symbol.asyncDispose]()))
    },
  }
}
