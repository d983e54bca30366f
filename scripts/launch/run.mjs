import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { Stop } from './lock.mjs'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

const parentLookMs = 500

/**
 * Runs Bun in this program's stead: its terminal, its signals, its exit status. Should this program be
 * killed outright, Bun ends too, and what Bun has started: no server is left holding the port and the data.
 */
export function run(bun, words, env) {
  return runTogether([[bun, ['--no-orphans', ...words], { env }]])
}

/** Runs programs side by side until the first one ends, then ends the others. Answers the first's status. */
export async function runTogether(parts) {
  const children = []
  const forward = (signal) => {
    // At a terminal Ctrl-C reaches the whole group already; told twice, a server may take it for impatience.
    if (signal === 'SIGINT' && process.stdin.isTTY) return
    for (const child of children) child.kill(signal)
  }
  // Before they start: a signal that came as soon as one of them can be heard ended this program alone.
  for (const signal of signals) process.on(signal, forward)
  for (const [program, words, options] of parts)
    children.push(spawn(program, words, { stdio: 'inherit', ...options }))
  const watch = watchNpm(() => forward('SIGTERM'))
  const ends = children.map((child) => endOf(child))
  const status = await Promise.race(ends)
  clearInterval(watch)
  for (const child of children) child.kill('SIGTERM')
  await Promise.all(ends)
  for (const signal of signals) process.removeListener(signal, forward)
  return status
}

/**
 * npm that is killed outright passes no signal on; its end is seen by this program getting another parent.
 */
function watchNpm(onEnd) {
  if (!process.env.npm_lifecycle_event) return undefined
  const npm = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === npm) return
    clearInterval(watch)
    onEnd()
  }, parentLookMs)
  return watch.unref()
}

/** Runs a program to its end and answers with what it said, the last 20,000 characters of it. */
export function capture(program, words, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let output = ''
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    // Ended with this program, so that no install goes on behind the back of the next one.
    const end = (signal) => child.kill(signal)
    for (const signal of signals) process.on(signal, end)
    child.on('error', (error) => reject(new Stop(`${program} can't be started (${error.code})`)))
    child.on('close', (status, signal) => {
      for (const name of signals) process.removeListener(name, end)
      if (signal) reject(new Stop(`ended by ${signal}`))
      else resolve({ status, output })
    })
  })
}

/** The exit status, told as a shell does: 128 and the signal's number for a program that a signal ended. */
function endOf(child) {
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Stop(`${child.spawnfile} can't be started (${error.code})`)))
    child.on('exit', (status, signal) => resolve(status ?? 128 + constants.signals[signal]))
  })
}
