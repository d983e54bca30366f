import { join } from 'node:path'
import { freePort } from '../../../load/src/engines/free-port.ts'
import { kill } from '../kill.ts'
import { pause } from '../pause.ts'
import { openServed } from '../served.ts'
import type { Stage } from '../stage.ts'
import { type SoloFault, skippedFaults, type World } from './fault.ts'
import { findFaketime, openFaultyClock } from './faulty-clock.ts'
import { fillDisk, limitFiles } from './full-disk.ts'
import { mountSmallDisk } from './small-disk.ts'
import { stepClock } from './step-clock.ts'

/** How long faults last, in milliseconds. */
export interface SoloLengths {
  pause: number
  /** Longer than the clients wait for a sign of life. */
  longPause: number
  disk: number
  clock: number
}

export interface SoloOptions {
  root: string
  /** An empty folder for the data and the clock. */
  folder: string
  lengths: SoloLengths
}

const diskBytes = 128 * 1024 * 1024
const daySeconds = 86_400

/** The server as it runs where nothing else is installed: one process on a folder of its own. */
export async function openSolo({ root, folder, lengths }: SoloOptions): Promise<Stage> {
  await using opened = new AsyncDisposableStack()
  const dataDir = join(folder, 'data')
  const disk = mountSmallDisk(dataDir, diskBytes)
  if (disk) opened.use(disk)
  const library = findFaketime()
  const clock = library === undefined ? undefined : openFaultyClock(library, folder)
  const port = await freePort()
  const served = opened.use(await openServed({ root, port, env: { DATA_DIR: dataDir, ...clock?.env } }))
  const stack = opened.move()

  return {
    url: served.url,
    inboxUrl: served.url,
    skipped: skippedFaults({ hasDisk: disk !== undefined, hasClock: clock !== undefined }),
    get starts() {
      return served.starts
    },
    mustRun: () => served.mustRun(),
    stallMsMost: () => undefined,
    strike: (kind, by) => strikeServed(kind as SoloFault, { served, dataDir, clock, ...by }, lengths),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

function strikeServed(kind: SoloFault, world: World, lengths: SoloLengths): Promise<string> {
  const { random } = world
  switch (kind) {
    case 'kill':
      return kill(world.served, random.between(0, 1_000))
    case 'pause':
      return pause(world.served, lengths.pause)
    case 'long-pause':
      return pause(world.served, lengths.longPause)
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
