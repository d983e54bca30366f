import { holdFor } from './hold.ts'
import type { Served } from './served.ts'

/** SIGKILL in the midst of sends, so long without it, and another start on the same data. */
export async function kill(served: Served, downMs: number): Promise<string> {
  served.signal('SIGKILL')
  await served.gone()
  const { ended } = served
  if (ended !== 'SIGKILL') throw new Error(`the server ended with ${ended} before it was killed`)
  await holdFor(downMs)
  await served.start()
  return `ended by ${ended}`
}
