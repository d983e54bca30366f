import { percentile } from '../measure/statistics.ts'
import { connectAll } from './connect-all.ts'
import { durableSends } from './durable-sends.ts'
import { burst, measureFanOut } from './fan-out.ts'
import type { Figure, Reach, Row } from './row.ts'
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
  figures: reaching(durableSends, {
    perSecond: { of: 'value', atLeast: 5_000 },
    cpu: { of: 'ratio', atMost: 2.5 },
  }),
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
