import { now } from '../crew/recorder.ts'
import { waitUntil } from '../wait-until.ts'
import type { FaultKind, Struck, World } from './fault.ts'
import { fillDisk, limitFiles } from './full-disk.ts'
import { kill } from './kill.ts'
import { pause } from './pause.ts'
import { stepClock } from './step-clock.ts'

/** How long faults last, in milliseconds. */
export interface FaultLengths {
  pause: number
  /** Longer than the clients wait for a sign of life. */
  longPause: number
  disk: number
  clock: number
}

const recoveredWithinMs = 60_000
const daySeconds = 86_400

/** One fault, and the time until all is whole again. */
export async function strike(kind: FaultKind, world: World, lengths: FaultLengths): Promise<Struck> {
  const began = now()
  const evidence = await strikeOnly(kind, world, lengths)
  const ended = now()
  const { served, crew } = world
  const isWhole = () => {
    served.mustRun()
    return crew.isWholeSince(ended)
  }
  await waitUntil(`all is whole after ${kind}`, isWhole, { withinMs: recoveredWithinMs })
  return { kind, evidence, lastedMs: Math.round(ended - began), recoveredMs: Math.round(now() - ended) }
}

function strikeOnly(kind: FaultKind, world: World, lengths: FaultLengths): Promise<string> {
  const { random } = world
  switch (kind) {
    case 'kill':
      return kill(world)
    case 'pause':
      return pause(world, lengths.pause)
    case 'long-pause':
      return pause(world, lengths.longPause)
    case 'disk-full':
      return fillDisk(world, lengths.disk)
    case 'file-limit':
      return limitFiles(world, lengths.disk)
    case 'clock-forward':
      return stepClock(world, random.between(600, 2 * daySeconds), lengths.clock)
    case 'clock-back':
      return stepClock(world, -random.between(600, 2 * daySeconds), lengths.clock)
  }
}
