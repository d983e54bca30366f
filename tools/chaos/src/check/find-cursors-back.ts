import type { Finding } from './finding.ts'
import { memberKey, recordsOf, type View } from './view.ts'

/** What a crash may take of a cursor: the moves of its last second. */
export const trailingMs = 1_000

interface Known {
  t: number
  read: number
}

/** A read cursor goes forward only, but for the second that a crash may cost. */
export function* findCursorsBack(view: View): Generator<Finding> {
  yield* findPushedBack(view)

  const known = knownCursors(view)
  for (const { conversation, client, user, read, asked } of recordsOf(view, 'cursor')) {
    if (asked === undefined) continue
    const before = latestBefore(known.get(memberKey(conversation, user)) ?? [], asked - trailingMs)
    if (before <= read) continue
    const detail = `${user} had read ${before}, then ${read}`
    yield { kind: 'cursor-back', conversation, client, detail }
  }
}

/** On one connection pushes come in order, whatever else happens. */
function* findPushedBack(view: View): Generator<Finding> {
  const latest = new Map<string, number>()
  for (const { conversation, connection, client, user, read, asked } of recordsOf(view, 'cursor')) {
    if (asked !== undefined || connection === undefined) continue
    const key = `${connection} ${memberKey(conversation, user)}`
    const before = latest.get(key) ?? 0
    if (read < before) {
      const detail = `${connection} was told that ${user} had read ${before}, then ${read}`
      yield { kind: 'cursor-back', conversation, client, detail }
    }
    latest.set(key, Math.max(before, read))
  }
}

/**
 * By member, each step forward with the time when somebody first knew of it, but for what a crash may take.
 */
function knownCursors(view: View): Map<string, Known[]> {
  const crashes = [...recordsOf(view, 'closed')]
    .filter(({ code }) => code === 1006)
    .map(({ t }) => t)
    .sort((one, other) => one - other)
  const mayBeLost = (t: number) => {
    const crash = crashes[indexAfter(crashes, (crashed) => crashed < t)]
    return crash !== undefined && crash <= t + trailingMs
  }

  const told = new Map<string, Known[]>()
  const note = (key: string, { t, read }: Known) => {
    if (mayBeLost(t)) return
    const all = told.get(key)
    if (all) all.push({ t, read })
    else told.set(key, [{ t, read }])
  }
  for (const { conversation, user, t, read } of recordsOf(view, 'cursor'))
    note(memberKey(conversation, user), { t, read })
  for (const { action, conversation, by, target, answer } of view.acts)
    if (action === 'read' && answer && target !== undefined)
      note(memberKey(conversation, by), { t: answer.t, read: target })

  for (const [key, all] of told) {
    let most = 0
    const steps: Known[] = []
    for (const step of all.sort((one, other) => one.t - other.t)) {
      if (step.read > most) steps.push(step)
      most = Math.max(most, step.read)
    }
    told.set(key, steps)
  }
  return told
}

const latestBefore = (steps: readonly Known[], t: number): number =>
  steps[indexAfter(steps, (step) => step.t <= t) - 1]?.read ?? 0

/** The first index for which it no longer holds, in a list where it holds for the first so many. */
function indexAfter<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    const item = items[middle]
    if (item !== undefined && holds(item)) low = middle + 1
    else high = middle
  }
  return low
}
