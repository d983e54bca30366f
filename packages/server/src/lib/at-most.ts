/**
 * Lets at most `count` pieces of work be under way at once; the others wait in the order in which they came.
 * How many may wait is for the callers to bound.
 */
export function atMost(count: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let free = count
  const waiting: (() => void)[] = []

  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      // A place goes from hand to hand, so that nobody who comes meanwhile takes it.
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
