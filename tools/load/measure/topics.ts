// What a subscription costs in memory, native or in sets of our own: docs/decisions/0007.
//   npx bun tools/load/measure/topics.ts
import { pinSelf } from '../src/measure/program.ts'
import { type BareServer, connectPeers, startBareServer } from './bare-server.ts'

const sockets = 3_000

/** The topics of a socket, where each topic has so many subscribers. */
function topicsOf(index: number, { each, size }: { each: number; size: number }): string[] {
  const blocks = Math.floor(sockets / size)
  return Array.from(
    { length: each },
    (_, round) =>
      `00000000-0000-7000-8000-${String(round * blocks + (Math.floor(index / size) % blocks)).padStart(12, '0')}`,
  )
}

async function measure(name: BareServer, shape: { each: number; size: number }): Promise<number> {
  await using program = await startBareServer(name)
  const peers = await connectPeers(name, program, sockets)
  await Bun.sleep(2_000)
  const before = program.rssBytes()
  for (const [index, peer] of peers.entries()) peer.call(`subscribe ${topicsOf(index, shape).join(' ')}`)
  await Bun.sleep(4_000)
  return (program.rssBytes() - before) / (sockets * shape.each)
}

pinSelf(1)
for (const name of ['Bun, native topics', 'Bun, a set and a send each'] as const) {
  for (const size of [1_000, 10, 2]) {
    for (const each of [20, 200]) {
      const bytes = await measure(name, { each, size })
      console.log(`${name}: ${bytes.toFixed(0)} bytes a subscription, ${each} a socket, topics of ${size}`)
    }
  }
}
