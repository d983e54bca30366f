import type { Row } from './row.ts'
import { text200 } from './texts.ts'

export const start: Row = {
  name: 'start',
  work: 'process start to the first acknowledged send, with 100,000 messages stored (Socket.IO: none)',
  population: { users: 1_000, conversations: 2_000, members: 10, messages: 100_000 },
  figures: [
    {
      key: 'ms',
      label: 'start to first acknowledgement',
      unit: 'ms',
      digits: 0,
      better: 'less',
      reach: { of: 'value', atMost: 500 },
    },
    {
      key: 'rss',
      label: 'RSS then',
      unit: 'MB',
      digits: 0,
      better: 'less',
      reach: { of: 'value', atMost: 120 },
    },
  ],
  async run({ system, population }) {
    const client = await system.connect(0)
    const answered = Promise.withResolvers<boolean>()
    const [conversationId = ''] = population.cursorsOf(0).keys()
    client.send(conversationId, text200, answered.resolve)
    if (!(await answered.promise)) throw new Error('the first send was refused')
    return { ms: performance.now() - system.program.startedAt, rss: system.program.rssBytes() / 1e6 }
  },
}
