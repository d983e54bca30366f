const barChars = 24
const drawEveryMs = 100

export interface Progress {
  /** So much of something is done. */
  tell(what: string, done: number, of: number): void
  /** A line that stays. */
  line(text: string): void
}

/**
 * How far long work has come: on a terminal a bar in its place, ten times a second at most; elsewhere a line
 * whenever another tenth of something is done.
 */
export function openProgress({
  write,
  isTerminal,
  now,
}: {
  write: (text: string) => void
  isTerminal: boolean
  now: () => number
}): Progress {
  let drawnAt = Number.NEGATIVE_INFINITY
  let isDrawn = false
  let told = ''

  function draw(what: string, done: number, of: number): void {
    if (done < of && now() - drawnAt < drawEveryMs) return
    drawnAt = now()
    isDrawn = true
    const filled = Math.round((barChars * done) / of)
    write(`\r\x1b[K[${'#'.repeat(filled)}${' '.repeat(barChars - filled)}] ${sentence(what, done, of)}`)
  }

  function clear(): void {
    if (isDrawn) write('\r\x1b[K')
    isDrawn = false
  }

  return {
    tell(what, done, of) {
      if (of === 0) return
      if (isTerminal) return draw(what, done, of)
      const tenth = `${what} ${Math.floor((10 * done) / of)}`
      if (tenth !== told) write(`${sentence(what, done, of)}\n`)
      told = tenth
    },
    line(text) {
      clear()
      write(`${text}\n`)
    },
  }
}

const sentence = (what: string, done: number, of: number): string =>
  `${what}: ${done} of ${of} (${Math.floor((100 * done) / of)} %)`
