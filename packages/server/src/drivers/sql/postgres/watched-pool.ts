import { SQL } from 'bun'

/** A database that is silent, or a statement that outlived the time in which the server had to end it. */
export class NoAnswer extends Error {
  override name = 'NoAnswer'
}

/**
 * A pool of connections that are not waited for without end: a server that is frozen, or behind a line that
 * lets nothing through, says nothing and closes nothing. Where an answer stays out, a connection of its own
 * asks whether anybody is there; the pool that nobody answers is closed and another takes its place, so that
 * what is asked again can't be given the answer that comes late.
 */
export interface WatchedPool {
  /** What the next run is given: another one after each `renew`, and after a silence. */
  readonly current: SQL
  /**
   * Throws NoAnswer where the server is silent for twice `silentMs`, or does not end the work within
   * `withinMs`. Whether it was done is not known then, and it may be done later still: a server that was
   * frozen goes on with what had come to it.
   */
  run<Result>(work: (sql: SQL) => Promise<Result>, bounds: RunBounds): Promise<Result>
  /** Connects anew, for whatever is asked from now on; what was asked before has a while to be answered. */
  renew(): void
  close(): Promise<void>
}

export interface RunBounds {
  /** How long nothing is heard before it is asked whether anybody is there, and how long that may take. */
  silentMs: number
  withinMs: number
}

/** How long what others have asked of a pool that is replaced, and whose server is there, may take. */
const restSeconds = 10

export function openWatchedPool(open: (connections?: 1) => SQL): WatchedPool {
  let current = open()
  let looking: Promise<boolean> | undefined
  let isClosed = false

  /** One look at a time, whoever waits. */
  function isThere(silentMs: number): Promise<boolean> {
    looking ??= look(silentMs).finally(() => {
      looking = undefined
    })
    return looking
  }

  async function look(silentMs: number): Promise<boolean> {
    const probe = open(1)
    const { promise: silent, resolve } = Promise.withResolvers<false>()
    const timer = setTimeout(resolve, silentMs, false)
    // A server that says why not is there; a port where nobody listens is not.
    const answered = probe.unsafe('SELECT 1').then(
      () => true,
      (cause: unknown) => cause instanceof SQL.PostgresError && cause.errno !== undefined,
    )
    const found = await Promise.race([answered, silent])
    clearTimeout(timer)
    leave(probe, 0)
    return found
  }

  function replace(sql: SQL, seconds: number): void {
    if (isClosed || sql !== current) return
    current = open()
    leave(sql, seconds)
  }

  return {
    get current() {
      return current
    },
    async run(work, { silentMs, withinMs }) {
      const sql = current
      const until = performance.now() + withinMs
      const { promise: none, reject } = Promise.withResolvers<never>()
      let timer = setTimeout(watch, silentMs)
      let isOver = false

      async function watch(): Promise<void> {
        const found = await isThere(silentMs)
        if (isOver) return
        if (found && performance.now() < until) {
          timer = setTimeout(watch, silentMs)
          return
        }
        replace(sql, found ? restSeconds : 0)
        reject(new NoAnswer(found ? `no answer within ${withinMs} ms` : 'it is silent'))
      }

      try {
        return await Promise.race([work(sql), none])
      } finally {
        isOver = true
        clearTimeout(timer)
      }
    },
    renew: () => replace(current, restSeconds),
    close() {
      isClosed = true
      return current.close({ timeout: 2 })
    },
  }
}

/** Nobody waits for its end: what it still had to say was given up. */
function leave(sql: SQL, timeout: number): void {
  sql.close({ timeout }).catch(() => undefined)
}
