import { spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { waitUntil } from '../../../load/src/measure/wait-until.ts'
import { holdFor } from '../hold.ts'
import { kill } from '../kill.ts'
import type { World } from './fault.ts'

/** Less than the database and its log have by the time of the first fault. */
const fileBytesMax = 64 * 1024
/** The log of writes is used again as far as it was long: only what it needs beyond that finds no room. */
const noticedWithinMs = 90_000
const block = Buffer.alloc(64 * 1024, 1)

/** Sessions in use are kept for longer once an hour has passed, and a while after that is seen. */
const laterSeconds = 2 * 3_600
const laterMs = 2_500

/**
 * A file takes all the room that the server's file system has left; then it goes away again. By chance the
 * clock is stepped meanwhile, so that what the server does now and then is due when it can write nothing; or
 * it is killed, and has to start where it can write nothing.
 */
export async function fillDisk(world: World, ms: number): Promise<string> {
  const { served, dataDir, crew, clock, random } = world
  const file = join(dataDir, 'filler')
  const refused = crew.tally.refused.overloaded ?? 0
  const steps = clock && random.chance(0.5)
  const kills = random.chance(0.4)
  fill(file)
  try {
    await sendsRefused(world, refused)
    if (steps) clock.step(laterSeconds)
    await holdFor(steps ? ms + laterMs : ms)
    if (kills) await kill(served, random.between(0, 1_000))
    // What the server gave back meanwhile, of its log, say, is taken too.
    fill(file)
    await holdFor(ms)
  } finally {
    rmSync(file, { force: true })
    clock?.step(0)
  }
  const stepped = steps ? ', its clock 2 hours ahead meanwhile' : ''
  const killed = kills ? ', killed and started again meanwhile' : ''
  return `${(crew.tally.refused.overloaded ?? 0) - refused} calls refused as overloaded${stepped}${killed}`
}

/** No file of the server may grow past so much: writing on fails, much as on a full disk. */
export async function limitFiles(world: World, ms: number): Promise<string> {
  const { served, crew } = world
  const refused = crew.tally.refused.overloaded ?? 0
  limit(served.pid, String(fileBytesMax))
  try {
    await sendsRefused(world, refused)
    await holdFor(ms)
  } finally {
    limit(served.pid, 'unlimited')
  }
  const count = (crew.tally.refused.overloaded ?? 0) - refused
  return `no file above ${fileBytesMax} bytes, ${count} calls refused as overloaded`
}

function sendsRefused({ served, crew }: World, before: number): Promise<void> {
  const isRefused = () => {
    served.mustRun()
    return (crew.tally.refused.overloaded ?? 0) > before
  }
  return waitUntil('a send is refused as overloaded', isRefused, { withinMs: noticedWithinMs })
}

function fill(file: string): void {
  const descriptor = openSync(file, 'a')
  try {
    for (let bytes = block.length; bytes >= 1; ) {
      try {
        writeSync(descriptor, block, 0, bytes)
      } catch (cause) {
        if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC')) throw cause
        bytes = Math.floor(bytes / 16)
      }
    }
  } finally {
    closeSync(descriptor)
  }
}

/** The soft limit alone, so that it can be lifted again without being root. */
function limit(pid: number, bytes: string): void {
  const { status, stderr } = spawnSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:`], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`prlimit: ${stderr}`)
}
