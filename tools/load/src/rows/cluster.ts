import type { ConfabClient } from '../clients/connect-confab.ts'
import { percentile } from '../measure/statistics.ts'
import { randomOf } from '../measure/zipf.ts'
import { connectAll, eachAtOnce } from './connect-all.ts'
import { connectionsInGroups } from './connections.ts'
import { durableSends } from './durable-sends.ts'
import { burst, measureFanOut } from './fan-out.ts'
import type { Figure, Reach, Row, Run } from './row.ts'
import { resultOf, timeCalls } from './time-calls.ts'
import { openTraffic } from './traffic.ts'

const reaching = ({ figures }: Row, reaches: Record<string, Reach>): Figure[] =>
  figures.map(({ reach: _, ...figure }) => ({
    ...figure,
    ...(reaches[figure.key] && { reach: reaches[figure.key] }),
  }))

/**
 * What a send costs where it is flushed by another program: its CPU, and that of the engines,
 * counted together.
 */
export const clusterSends: Row = {
  ...durableSends,
  name: 'cluster-sends',
  systems: ['cluster', 'confab'],
  figures: [
    ...reaching(durableSends, {
      perSecond: { of: 'value', atLeast: 5_000 },
      cpu: { of: 'ratio', atMost: 2.5 },
    }),
    { key: 'enginesCpu', label: 'of that CPU the engines’', unit: 'µs', digits: 1, better: 'less' },
  ],
}

/** Its node's memory. Filling the engines takes minutes. */
export const clusterConnections: Row = {
  ...connectionsInGroups,
  name: 'cluster-connections',
  systems: ['cluster', 'confab'],
  figures: reaching(connectionsInGroups, {}),
  roundsMax: 1,
}

const readers = 20
const pageLimit = 50
const readForMs = 4_000

/** What a page costs where it lies in another program: two round trips, one of them to see who may read. */
export const clusterReads: Row = {
  name: 'cluster-reads',
  work: 'pages of 50 messages from anywhere in ten conversations of 1,000, by 20 clients, each one at a time',
  population: { users: readers, conversations: 10, members: readers, messages: 10_000 },
  systems: ['cluster', 'confab'],
  figures: [
    { key: 'perSecond', label: 'pages', unit: '/s', digits: 0, better: 'more' },
    { key: 'cpu', label: 'CPU of server and engines a page', unit: 'µs', digits: 0, better: 'less' },
    { key: 'enginesCpu', label: 'of that CPU the engines’', unit: 'µs', digits: 0, better: 'less' },
    { key: 'p99', label: 'p99 of a page at that rate', unit: 'ms', digits: 2, better: 'less' },
  ],
  async run(run) {
    const clients = await eachAtOnce(readers, readers, (user) => run.system.connectConfab(user))
    await readPages(run, clients, run.lasting(warmUpMs))
    const read = await run.measured(() => readPages(run, clients, run.lasting(readForMs)))
    const pages = read.result.length
    return {
      perSecond: (pages / read.wallMs) * 1_000,
      cpu: (read.serverCpuMs * 1_000) / pages,
      ...(read.enginesCpuMs !== undefined && { enginesCpu: (read.enginesCpuMs * 1_000) / pages }),
      p99: percentile(read.result, 0.99),
    }
  },
}

/** Each client asks again as soon as it has its page. Answers the times that this took. */
async function readPages(run: Run, clients: readonly ConfabClient[], forMs: number): Promise<number[]> {
  const { conversations } = run.population
  const until = performance.now() + forMs
  const all = await Promise.all(
    clients.map(async (client, user) => {
      const random = randomOf(user)
      const times: number[] = []
      while (performance.now() < until) {
        const { id = '', head = 0 } = conversations[Math.floor(random() * conversations.length)] ?? {}
        const around = 1 + Math.floor(random() * head)
        const [took = 0] = await timeCalls(1, async () =>
          resultOf(await client.call('history', { conversationId: id, around, limit: pageLimit })),
        )
        times.push(took)
      }
      return times
    }),
  )
  return all.flat()
}

const crowd = 2_000
const warmUpMs = 1_500
const fanOutForMs = 4_000

export const clusterFanOut: Row = {
  name: 'cluster-fan-out',
  work: '200-byte texts to one conversation of 2,000 connections, half of them on a second node, one send at a time',
  population: { users: crowd, conversations: 1, members: crowd, messages: 0 },
  systems: ['two nodes', 'cluster'],
  figures: [
    {
      key: 'cpu',
      label: 'CPU of servers and engines a delivery',
      unit: 'µs',
      digits: 2,
      better: 'less',
      reach: { of: 'ratio', atMost: 1.3 },
    },
    { key: 'ms', label: 'send to last of 2,000 delivered', unit: 'ms', digits: 1, better: 'less' },
  ],
  async run(run) {
    const clients = await connectAll(run, crowd)
    const conversationId = run.population.conversations[0]?.id ?? ''
    await burst(clients, conversationId, { width: 1, forMs: run.lasting(warmUpMs) })
    const { cpuUs, ms } = await measureFanOut(run, clients, conversationId, {
      width: 1,
      forMs: run.lasting(fanOutForMs),
    })
    return { cpu: cpuUs, ms }
  },
}

const talkers = 500
/** About half of what one node on PostgreSQL bears here. */
const perSecond = 1_500
const talkForMs = 5_000

/** Each pair has one user on either node, where there are two. */
export const secondNode: Row = {
  name: 'second-node',
  work: '500 clients in pairs, 200-byte texts at 1,500 a second, open-loop, from one node to the other',
  population: { users: talkers, conversations: talkers / 2, members: 2, messages: 0 },
  systems: ['two nodes', 'cluster'],
  figures: [
    { key: 'deliveredP50', label: 'median send to delivered', unit: 'ms', digits: 2, better: 'less' },
    {
      key: 'deliveredP99',
      label: 'p99 send to delivered',
      unit: 'ms',
      digits: 2,
      better: 'less',
      reach: { of: 'difference', atMost: 5 },
    },
    { key: 'cpu', label: 'CPU of servers and engines a send', unit: 'µs', digits: 0, better: 'less' },
  ],
  async run(run) {
    const traffic = openTraffic(run, await connectAll(run, talkers))
    let sender = 0
    const flow = (forMs: number) =>
      traffic.flow({ perSecond, forMs: run.lasting(forMs), nextSender: () => sender++ % talkers })
    await flow(warmUpMs)
    const { result, serverCpuMs } = await run.measured(() => flow(talkForMs))
    return {
      deliveredP50: percentile(result.deliveredMs, 0.5),
      deliveredP99: percentile(result.deliveredMs, 0.99),
      cpu: (serverCpuMs * 1_000) / result.acknowledgedMs.length,
    }
  },
}
