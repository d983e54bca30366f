import { callRest } from './call-rest.ts'
import { eachAtOnce } from './connect-all.ts'
import { openFlooder } from './flooder.ts'
import type { Figure, Row, Run } from './row.ts'
import { openStalledGroup } from './stalled-group.ts'
import { p99 } from './time-calls.ts'
import { openTraffic, type Timed } from './traffic.ts'

const calm = { clients: 100, perSecond: 100, forMs: 10_000 }
const flooder = 100
const busySenders = { from: 101, count: 20 }
const readers = { from: 121, count: 50 }

const calmP99 = (key: string, label: string): Figure[] =>
  ['acknowledged', 'delivered'].map((what) => ({
    key: `${key}${what}`,
    label: `p99 send to ${what} ${label}`,
    unit: 'ms',
    digits: 1,
    better: 'less',
  }))

/**
 * What one client in bad faith, and fifty that hang, cost the others;
 * with the rate limits of an installation.
 */
export const flood: Row = {
  name: 'flood',
  work: '100 clients in groups of 10, a send a second each, alone and beside those who flood or do not read',
  population: { users: 200, conversations: calm.clients / 10, members: 10, messages: 0 },
  systems: ['confab'],
  settings: { RATE_LIMITS: 'on' },
  roundsMax: 3,
  figures: [
    ...calmP99('alone', 'alone'),
    ...calmP99('flooded', 'beside a flood'),
    { key: 'calls', label: 'the flooder: calls taken', unit: '/s', digits: 0, better: 'less' },
    { key: 'accepted', label: 'the flooder: sends accepted', unit: '/s', digits: 1, better: 'less' },
    { key: 'limited', label: 'the flooder: answered rate_limited', unit: '/s', digits: 0, better: 'less' },
    { key: 'cut', label: 'the flooder: cut with 4429', unit: 'times', digits: 0, better: 'more' },
    { key: 'floodRss', label: 'RSS more at most, in the flood', unit: 'MB', digits: 0, better: 'less' },
    ...calmP99('busy', 'beside a busy group of 70'),
    ...calmP99('stalled', 'beside it, 50 of whom do not read'),
    { key: 'stalledCut', label: 'cut of the 50 who do not read', unit: 'of 50', digits: 0, better: 'more' },
    { key: 'stalledRss', label: 'RSS more at most, with those 50', unit: 'MB', digits: 0, better: 'less' },
  ],
  async run(run) {
    const clients = await eachAtOnce(calm.clients, calm.clients, async (user) => {
      const client = await run.system.connect(user)
      await client.follow(run.population.cursorsOf(user))
      return client
    })
    const traffic = openTraffic(run, clients)
    let sender = 0
    const talk = () =>
      traffic.flow({
        perSecond: calm.perSecond,
        forMs: run.lasting(calm.forMs),
        nextSender: () => sender++ % clients.length,
      })
    const talkBeside = async (work: () => Promise<unknown>) => {
      const peak = watchRss(run)
      const [timed] = await Promise.all([talk(), work()])
      return { timed, moreMb: peak.stop() }
    }

    const alone = await talk()
    const victims = run.population.conversations[0]?.members ?? []
    const flooding = openFlooder(run, { user: flooder, conversationId: await group(run, flooder, victims) })
    const flooded = await talkBeside(() => flooding.floodFor(run.lasting(calm.forMs)))
    const everybody = usersOf(busySenders).concat(usersOf(readers))
    using stalledGroup = await openStalledGroup(run, {
      conversationId: await group(run, busySenders.from, everybody),
      senders: usersOf(busySenders),
      readers: usersOf(readers),
    })
    const busy = await talkBeside(() => stalledGroup.talkFor(run.lasting(calm.forMs)))
    stalledGroup.stall()
    const stalled = await talkBeside(() => stalledGroup.talkFor(run.lasting(calm.forMs)))
    return {
      ...p99s('alone', alone),
      ...p99s('flooded', flooded.timed),
      ...flooding.perSecond(),
      floodRss: flooded.moreMb,
      ...p99s('busy', busy.timed),
      ...p99s('stalled', stalled.timed),
      stalledCut: await stalledGroup.cut(),
      stalledRss: stalled.moreMb,
    }
  },
}

const usersOf = ({ from, count }: { from: number; count: number }): number[] =>
  Array.from({ length: count }, (_, index) => from + index)

const p99s = (key: string, { acknowledgedMs, deliveredMs }: Timed) => ({
  [`${key}acknowledged`]: p99(acknowledgedMs),
  [`${key}delivered`]: p99(deliveredMs),
})

/** Makes a group of its maker and others; answers its id. */
async function group(run: Run, maker: number, others: readonly number[]): Promise<string> {
  const memberIds = others.filter((other) => other !== maker).map((other) => run.population.users[other]?.id)
  const wanted = { kind: 'group', name: 'Made for this', memberIds }
  return (await callRest<{ id: string }>(run, maker, 'POST', '/conversations', wanted)).id
}

/** How much the server's memory grows at most from now on. */
function watchRss({ system: { program } }: Run): { stop(): number } {
  const before = program.rssBytes()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, program.rssBytes())
  }, 100)
  return {
    stop() {
      clearInterval(timer)
      return (most - before) / 1e6
    },
  }
}
