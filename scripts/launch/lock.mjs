import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** An expected end: its message is one line for the person at the keyboard, without a stack. */
export class Stop extends Error {}

const pollMs = 200
const waitMsMax = 10 * 60_000

/**
 * Runs `work` while no other launcher of this copy runs its own. The lock is the file of one process id,
 * made in one step; the lock of a process that is gone is taken away.
 */
export async function withLock(root, work) {
  const cache = join(root, '.cache')
  const lock = join(cache, 'launch.lock')
  mkdirSync(cache, { recursive: true })

  const giveUpAt = Date.now() + waitMsMax
  let told = false
  while (!take(lock)) {
    const holder = holderOf(lock)
    if (holder !== undefined && !isAlive(holder)) {
      rmSync(lock, { force: true })
      continue
    }
    if (Date.now() > giveUpAt)
      throw new Stop(`another start holds ${lock} for too long; end it, or delete it`)
    if (!told) console.error('confab: waiting for another start to finish its set-up …')
    told = true
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  const free = () => rmSync(lock, { force: true })
  process.once('exit', free)
  try {
    return await work()
  } finally {
    free()
    process.removeListener('exit', free)
  }
}

function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw new Stop(`cannot write ${lock}: ${error.code}`, { cause: error })
  }
}

/** The process that holds the lock; undefined while it has not written its id yet. */
function holderOf(lock) {
  try {
    return Number(readFileSync(lock, 'utf8')) || undefined
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
