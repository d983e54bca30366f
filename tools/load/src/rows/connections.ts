import type { Program } from '../measure/program.ts'
import { connectAll } from './connect-all.ts'
import type { Figure, Row, Run } from './row.ts'

const connections = 15_000
const conversationsEach = 20
/** The server collects garbage some seconds after a crowd. */
const lullMs = 6_000
const lookEveryMs = 500
const looksMax = 12
const roundsMax = 3

const figures = (reach: Pick<Figure, 'reach'>): Figure[] => [
  {
    key: 'bytes',
    label: 'RSS a connection above the empty server',
    unit: 'bytes',
    digits: 0,
    better: 'less',
    ...reach,
  },
  { key: 'perSecond', label: 'signed in and synced', unit: '/s', digits: 0, better: 'more' },
]

export const connectionsInGroups: Row = {
  name: 'connections',
  work: '15,000 signed-in, synced, idle connections, each member of 20 conversations of 10',
  population: population(10),
  figures: figures({ reach: { of: 'value', atMost: 8_000 } }),
  roundsMax,
  run: connectAndLook,
}

export const connectionsInPairs: Row = {
  name: 'connections-in-pairs',
  work: 'the same, each member of 20 conversations of two',
  population: population(2),
  figures: figures({}),
  roundsMax,
  run: connectAndLook,
}

function population(members: number) {
  return {
    users: connections,
    conversations: (connections * conversationsEach) / members,
    members,
    messages: 0,
  }
}

async function connectAndLook(run: Run): Promise<Record<string, number>> {
  const { program } = run.system
  const before = program.rssBytes()
  const startedAt = performance.now()
  await connectAll(run, connections)
  const tookMs = performance.now() - startedAt
  const after = await settledRss(program)
  return { bytes: (after - before) / connections, perSecond: (connections / tookMs) * 1_000 }
}

/** The RSS once it has stopped changing, as collectors and allocators give back what was needed once. */
async function settledRss(program: Program): Promise<number> {
  await Bun.sleep(lullMs)
  let before = program.rssBytes()
  for (let look = 0, calm = 0; look < looksMax && calm < 3; look++) {
    await Bun.sleep(lookEveryMs)
    const now = program.rssBytes()
    calm = Math.abs(now - before) < 0.005 * before ? calm + 1 : 0
    before = now
  }
  return before
}
