import { waitUntil } from '../../load/src/measure/wait-until.ts'
import type { Crew } from './crew/crew.ts'
import { now } from './crew/recorder.ts'
import { neverAfterMs } from './hold.ts'
import type { Random } from './random.ts'
import type { Stage, Struck } from './stage.ts'

/** One fault, and the time until all is whole again. */
export async function strike(
  kind: string,
  { stage, crew, random }: { stage: Stage; crew: Crew; random: Random },
): Promise<Struck> {
  const { tally } = crew
  const { sends, acknowledged } = tally
  tally.longestStallMs = 0
  const began = now()
  const evidence = await stage.strike(kind, { crew, random })
  const ended = now()
  const isWhole = () => {
    stage.mustRun()
    return crew.isWholeSince(ended)
  }
  await waitUntil(`all is whole after ${kind}`, isWhole, { withinMs: neverAfterMs })
  return {
    kind,
    evidence,
    lastedMs: Math.round(ended - began),
    recoveredMs: Math.round(now() - ended),
    sends: tally.sends - sends,
    acknowledged: tally.acknowledged - acknowledged,
    longestStallMs: Math.round(tally.longestStallMs),
    stallMsMost: stage.stallMsMost(kind),
  }
}
