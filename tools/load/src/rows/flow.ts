import { percentile } from '../measure/statistics.ts'
import { zipf } from '../measure/zipf.ts'
import { connectAll } from './connect-all.ts'
import type { Row } from './row.ts'
import { openTraffic } from './traffic.ts'
const rates = (process.env.B_RATES ?? '2000,4000').split(',').map(Number)
const keys = rates.flatMap((r) => ['cpu', 'a50', 'a99', 'd50', 'd99'].map((k) => `${k}@${r}`))
export const flow: Row = {
  name: 'flow', work: 'x', population: { users: 1000, conversations: 100, members: 10, messages: 0 },
  systems: ['confab'],
  settings: Object.fromEntries(Object.entries(process.env).filter(([k]) => k.startsWith('X_'))) as Record<string, string>,
  figures: keys.map((key) => ({ key, label: key, unit: key.startsWith('cpu') ? 'µs' : 'ms', digits: 2, better: 'less' as const })),
  async run(run) {
    const traffic = openTraffic(run, await connectAll(run, 1000))
    const nextSender = zipf(1000, 1)
    await traffic.flow({ perSecond: 3000, forMs: 1500, nextSender, mayLag: true })
    const found: Record<string, number> = {}
    for (const r of rates) {
      await Bun.sleep(500)
      const { result, serverCpuMs } = await run.measured(() => traffic.flow({ perSecond: r, forMs: run.lasting(4000), nextSender, mayLag: true }))
      found[`cpu@${r}`] = (serverCpuMs * 1000) / result.acknowledgedMs.length
      found[`a50@${r}`] = percentile(result.acknowledgedMs, 0.5)
      found[`a99@${r}`] = percentile(result.acknowledgedMs, 0.99)
      found[`d50@${r}`] = percentile(result.deliveredMs, 0.5)
      found[`d99@${r}`] = percentile(result.deliveredMs, 0.99)
    }
    return found
  },
}
