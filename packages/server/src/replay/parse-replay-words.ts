import { readWords, WrongWords } from '../lib/command-words.ts'
import type { ReplayPoint } from '../ports/event-log.ts'

const usage = `usage: replay --from start|TIME [--group NAME]

Writes every event of every conversation to the standard output, a line of JSON each, from the first one that the
log keeps or from a time (ISO 8601, like 2026-11-01T00:00:00Z). With --group it writes nothing: whoever follows
the log under that name begins again from there.`

const options = { from: { type: 'string' }, group: { type: 'string' } } as const

/** Reads the words after `replay`. Throws WrongWords with a line that says what is wrong. */
export function parseReplayWords(words: readonly string[]): { from: ReplayPoint; group: string | undefined } {
  const { from, group } = readWords(words, { options, usage })
  if (from === undefined) throw wrong('--from is missing')
  if (group !== undefined && !/^[\w.-]{1,100}$/.test(group))
    throw wrong('--group must be 1 to 100 of A-Z, a-z, 0-9, _, . and -')
  return { from: pointOf(from), group }
}

function pointOf(from: string): ReplayPoint {
  if (from === 'start') return 'start'
  const since = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(from) ? Date.parse(from) : Number.NaN
  if (Number.isNaN(since)) throw wrong('--from must be start or a time like 2026-11-01T00:00:00Z')
  return { since }
}

const wrong = (problem: string) => new WrongWords(problem, { usage })
