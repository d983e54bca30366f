import { repeat } from '../../lib/repeat.ts'
import type { Domain } from '../domain.ts'
import { exportKey } from './ask-export.ts'

/** A zip lies there for so much longer than it can be fetched, at most. */
const lookEveryMs = 10 * 60_000

type Forgetting = Pick<Domain, 'exports' | 'blobs' | 'clock' | 'report'>

/** Takes away the exports that have expired, now and again until stopped. What fails is tried again. */
export function forgetExpiredExports(domain: Forgetting): AsyncDisposable {
  return repeat(domain.clock, async (isStopping) => {
    try {
      let found = true
      while (found && !isStopping()) found = await forgetPage(domain)
    } catch (cause) {
      domain.report('exports that have expired were not taken away', cause)
    }
    return lookEveryMs
  })
}

/** Whether there were any. */
async function forgetPage({ exports, blobs, clock }: Forgetting): Promise<boolean> {
  const expired = await exports.expired(clock.now())
  for (const { id, userId } of expired) {
    await blobs.delete(exportKey(id))
    await exports.forget(userId, id)
  }
  return expired.length > 0
}
