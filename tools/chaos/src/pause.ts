import { waitUntil } from '../../load/src/measure/wait-until.ts'
import { holdFor } from './hold.ts'
import type { Served } from './served.ts'

/** SIGSTOP for so long, then SIGCONT: as a machine that swaps, or was moved to another host. */
export async function pause(served: Served, ms: number): Promise<string> {
  served.signal('SIGSTOP')
  try {
    await waitUntil('the server is stopped', () => served.state() === 'T', { withinMs: 5_000 })
    await holdFor(ms)
    const probe = fetch(`${served.url}/healthz`, { signal: AbortSignal.timeout(500) })
    const isSilent = await probe.then(
      () => false,
      () => true,
    )
    if (!isSilent) throw new Error('the server answers though it is stopped')
  } finally {
    served.signal('SIGCONT')
  }
  return `stopped for ${(ms / 1_000).toFixed(1)} s, and silent`
}
