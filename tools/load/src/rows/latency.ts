import { percentile } from '../measure/statistics.ts'
import { zipf } from '../measure/zipf.ts'
import { connectAll } from './connect-all.ts'
import { bottleneckWords, type Figure, isBottleneck, type Row, type Run } from './row.ts'
import { openTraffic, type Traffic } from './traffic.ts'

const clientCount = 1_000
const members = 10
const seed = 1
const shares = [25, 50, 75, 90]
const levelForMs = 4_000
const ramp = { fromPerSecond: 2_000, factor: 1.3, stepMs: 1_200, keptUpMin: 0.9, triesMax: 2, restMs: 500 }

const percentiles = { P50: 0.5, P99: 0.99, 'P99.9': 0.999 }

const figures: Figure[] = [
  { key: 'saturation', label: 'saturation: sends accepted at most', unit: '/s', digits: 0, better: 'more' },
  { key: 'cpu', label: 'server CPU a send at 50 %', unit: 'µs', digits: 0, better: 'less' },
  ...shares.flatMap((share) =>
    ['acknowledged', 'delivered'].flatMap((what) =>
      Object.keys(percentiles).map(
        (name): Figure => ({
          key: `${what}${name}At${share}`,
          label: `${name.toLowerCase()} send to ${what} at ${share} %`,
          unit: 'ms',
          digits: 2,
          better: 'less',
          ...(share === 50 && name === 'P99' && { reach: { of: 'value', atMost: 5 } }),
        }),
      ),
    ),
  ),
]

/** Open loop throughout; a few clients send most, as people do, and each send is delivered to nine others. */
export const latency: Row = {
  name: 'latency',
  work: '1,000 clients in groups of 10, Zipf activity, 200-byte texts at shares of the rate at which it saturates',
  population: { users: clientCount, conversations: clientCount / members, members, messages: 0 },
  figures,
  roundsMax: 3,
  async run(run) {
    const traffic = openTraffic(run, await connectAll(run, clientCount))
    const nextSender = zipf(clientCount, seed)
    const saturation = await findSaturation(run, traffic, nextSender)
    const found: Record<string, number> = { saturation }
    for (const share of shares) {
      await Bun.sleep(ramp.restMs)
      const perSecond = (saturation * share) / 100
      const { result, serverCpuMs } = await run.measured(() =>
        traffic.flow({ perSecond, forMs: run.lasting(levelForMs), nextSender }),
      )
      if (share === 50) found.cpu = (serverCpuMs * 1_000) / result.acknowledgedMs.length
      for (const [name, rank] of Object.entries(percentiles)) {
        found[`acknowledged${name}At${share}`] = percentile(result.acknowledgedMs, rank)
        found[`delivered${name}At${share}`] = percentile(result.deliveredMs, rank)
      }
    }
    return found
  },
}

/**
 * Raises the rate step by step until the server no longer keeps up, twice, since the first time may have been
 * a stall; answers the most that it accepted a second. Void where it was the driver that couldn't do more.
 */
async function findSaturation(run: Run, traffic: Traffic, nextSender: () => number): Promise<number> {
  let most = 0
  for (let perSecond = ramp.fromPerSecond, tries = 1; ; ) {
    const step = { perSecond, forMs: run.lasting(ramp.stepMs), nextSender, mayLag: true }
    const measure = await run.measured(() => traffic.flow(step))
    const { keptUp } = measure.result
    most = Math.max(most, keptUp)
    if (keptUp >= ramp.keptUpMin * perSecond) {
      perSecond *= ramp.factor
      tries = 1
    } else if (tries++ === ramp.triesMax) {
      if (isBottleneck(measure)) run.callVoid(bottleneckWords(measure))
      return most
    }
  }
}
