/**
 * Runs a step once at a time. Whatever is asked for while it runs is one more run after it, for the earliest time
 * that was asked for: however often and from however long ago, at most one waits. The step never rejects.
 */
export function oneAtATime(step: (since: number) => Promise<void>): (since: number) => void {
  let isRunning = false
  let next: number | undefined

  async function runAll() {
    isRunning = true
    while (next !== undefined) {
      const since = next
      next = undefined
      await step(since)
    }
    isRunning = false
  }

  return (since) => {
    next = Math.min(next ?? since, since)
    if (!isRunning) void runAll()
  }
}
