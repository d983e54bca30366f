import type { World } from './fault.ts'
import { holdFor } from './hold.ts'

/** SIGKILL in the midst of sends, and another start on the same data. */
export async function kill({ served, crew, random }: World): Promise<string> {
  const opens = crew.opens
  served.signal('SIGKILL')
  await served.gone()
  const { ended } = served
  if (ended !== 'SIGKILL') throw new Error(`the server ended with ${ended} before it was killed`)
  await holdFor(random.between(0, 1_000))
  await served.start()
  return `ended by ${ended}, ${opens} connections opened before`
}
