import { drainMicrotasks } from 'bun:jsc'

interface Timer {
  at: number
  order: number
  action: (() => void) | undefined
}

/** Ends a run that sets off one timer after the other without time going on. */
const timersMax = 2_000_000

/**
 * The one time of a run. It moves when told to, and nothing else moves: each timer runs in its turn, with
 * all that it sets off, before the next. So a run takes no waiting and is the same every time.
 */
export class Timeline {
  #now = Date.UTC(2026, 0, 1)
  #order = 0
  #run = 0
  /** A binary heap: the root is next. */
  readonly #heap: Timer[] = []

  get now(): number {
    return this.#now
  }

  after(ms: number, action: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: this.#order++, action }
    this.#push(timer)
    return () => {
      timer.action = undefined
    }
  }

  advance(ms: number): void {
    const end = this.#now + ms
    drainMicrotasks()
    for (let next = this.#heap[0]; next && next.at <= end; next = this.#heap[0]) {
      this.#pop()
      if (!next.action) continue
      if (++this.#run > timersMax) throw new Error('the simulation does not come to rest')
      this.#now = next.at
      next.action()
      drainMicrotasks()
    }
    this.#now = end
  }

  /** A clock of somebody's own: it may be wrong, and it stops when they die. */
  clock(): PartyClock {
    let offsetMs = 0
    let stopped = false
    return {
      now: () => this.#now + offsetMs,
      elapsed: () => this.#now,
      after: (ms, action) =>
        this.after(ms, () => {
          if (!stopped) action()
        }),
      stepBy(ms) {
        offsetMs += ms
      },
      stop() {
        stopped = true
      },
    }
  }

  #push(timer: Timer): void {
    const heap = this.#heap
    let index = heap.push(timer) - 1
    while (index > 0) {
      const up = (index - 1) >> 1
      const parent = heap[up]
      if (!parent || !isBefore(timer, parent)) break
      heap[index] = parent
      index = up
    }
    heap[index] = timer
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let index = 0
    for (;;) {
      const left = heap[2 * index + 1]
      const right = heap[2 * index + 2]
      const least = left && right ? (isBefore(left, right) ? 1 : 2) : 1
      const child = least === 1 ? left : right
      if (!child || !isBefore(child, last)) break
      heap[index] = child
      index = 2 * index + least
    }
    heap[index] = last
  }
}

const isBefore = (one: Timer, other: Timer) =>
  one.at < other.at || (one.at === other.at && one.order < other.order)

export interface PartyClock {
  now(): number
  elapsed(): number
  after(ms: number, action: () => void): () => void
  /** Sets the time of day; timers and `elapsed` don't notice. */
  stepBy(ms: number): void
  /** None of its timers runs any more. */
  stop(): void
}
