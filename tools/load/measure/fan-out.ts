// Server CPU a delivery and memory a connection, of bare servers: docs/decisions 0001, 0006 and 0007.
//   npx bun tools/load/measure/fan-out.ts
import { pinSelf } from '../src/measure/program.ts'
import { median } from '../src/measure/statistics.ts'
import { type BareServer, bareServers, connectPeers, type Peer, startBareServer } from './bare-server.ts'

const rounds = 3
const subscribers = 1_000
const idle = 15_000
const forMs = 2_000

async function deliver(peers: Peer[], atOnce: number): Promise<number> {
  let missing = 0
  let done = (): void => undefined
  for (const peer of peers) {
    peer.onMessage = () => {
      if (--missing === 0) done()
    }
  }
  let deliveries = 0
  for (const until = performance.now() + forMs; performance.now() < until; ) {
    const { promise, resolve } = Promise.withResolvers<void>()
    done = resolve
    missing = atOnce * peers.length
    peers[deliveries % peers.length]?.call(String(atOnce))
    await promise
    deliveries += atOnce * peers.length
  }
  return deliveries
}

async function measureCpu(name: BareServer) {
  await using program = await startBareServer(name)
  const peers = await connectPeers(name, program, subscribers)
  for (const peer of peers) peer.call('subscribe all')
  await Bun.sleep(500)
  const cpuOf = async (atOnce: number) => {
    await deliver(peers, atOnce)
    const before = program.cpuMs()
    const deliveries = await deliver(peers, atOnce)
    return ((program.cpuMs() - before) * 1_000) / deliveries
  }
  return { one: await cpuOf(1), ten: await cpuOf(10) }
}

async function measureRss(name: BareServer) {
  await using program = await startBareServer(name)
  const before = program.rssBytes()
  await connectPeers(name, program, idle)
  await Bun.sleep(3_000)
  return { each: (program.rssBytes() - before) / idle, all: program.rssBytes() }
}

pinSelf(1)
const names = Object.keys(bareServers) as BareServer[]
const cpu = new Map(names.map((name) => [name, { one: [] as number[], ten: [] as number[] }]))
for (let round = 0; round < rounds; round++) {
  for (const name of names) {
    const { one, ten } = await measureCpu(name)
    cpu.get(name)?.one.push(one)
    cpu.get(name)?.ten.push(ten)
  }
}
for (const name of names) {
  const { one = [], ten = [] } = cpu.get(name) ?? {}
  const { each, all } = await measureRss(name)
  console.log(
    `${name}: ${median(one).toFixed(1)} µs a delivery, ${median(ten).toFixed(1)} when ten coalesce; ` +
      `${idle} idle connections ${(all / 1e6).toFixed(0)} MB, ${each.toFixed(0)} bytes each`,
  )
}
