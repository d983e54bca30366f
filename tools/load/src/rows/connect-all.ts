import type { ChatClient } from '../clients/chat-client.ts'
import type { Run } from './row.ts'

/** So that no connection waits in the kernel's queue for a second and comes back. */
const atOnce = 200

/** Connects the first `count` users and lets them follow all their conversations. */
export async function connectAll(
  { system, population }: Pick<Run, 'system' | 'population'>,
  count: number,
): Promise<ChatClient[]> {
  return eachAtOnce(count, atOnce, async (user) => {
    const client = await system.connect(user)
    await client.follow(population.cursorsOf(user))
    return client
  })
}

/** Does a thing for each index, so many at a time; answers in the order of the indexes. */
export async function eachAtOnce<Result>(
  count: number,
  width: number,
  work: (index: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(count)
  let next = 0
  const worker = async () => {
    for (let index = next++; index < count; index = next++) results[index] = await work(index)
  }
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker))
  return results
}
