import { percentile } from '../measure/statistics.ts'

/** Calls so many times, one after the other, and answers how long each took, in milliseconds. */
export async function timeCalls(count: number, call: (index: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < count; index++) {
    const from = performance.now()
    await call(index)
    times.push(performance.now() - from)
  }
  return times
}

export const p99 = (times: readonly number[]): number => percentile(times, 0.99)

/** The result in a reply's frame. A refusal is thrown: what it took isn't what the row asks for. */
export function resultOf<Result>(frame: string): Result {
  const reply = JSON.parse(frame) as { result?: Result }
  if (reply.result === undefined) throw new Error(`refused: ${frame}`)
  return reply.result
}
