import type { ConfabClient } from '../clients/connect-confab.ts'
import { median } from '../measure/statistics.ts'
import { randomOf } from '../measure/zipf.ts'
import { callRest } from './call-rest.ts'
import type { Figure, Row, Run } from './row.ts'
import { p99, resultOf, timeCalls } from './time-calls.ts'

const members = 10
const messages = 1_000_000
const timesEach = 400
const warmUps = 50
/** Everybody joins before the first message. */
const firstSeq = members + 1

const anywhere = (random: () => number) => firstSeq + 100 + Math.floor(random() * (messages - 200))

/** Every way to ask for a page. What is anywhere lies mostly outside SQLite's own cache. */
const pages: Record<string, (random: () => number) => object> = {
  first: () => ({ after: 0 }),
  middle: () => ({ around: firstSeq + messages / 2 }),
  last: () => ({}),
  'around anywhere': (random) => ({ around: anywhere(random) }),
  'before anywhere': (random) => ({ before: anywhere(random) }),
  'after anywhere': (random) => ({ after: anywhere(random) }),
}

const ms = (key: string, label: string, reach?: Figure['reach']): Figure => ({
  key,
  label,
  unit: 'ms',
  digits: 2,
  better: 'less',
  ...(reach && { reach }),
})
const pageReach = { of: 'value', atMost: 2 } as const

/**
 * One call at a time over loopback, from its send to the whole reply: what the server needs,
 * and a little more.
 */
export const history: Row = {
  name: 'history',
  work: 'a conversation of 1,000,000 messages beside one of a single message, one call at a time',
  population: { users: 2 * members, conversations: 1, members, messages, senders: members - 1 },
  systems: ['confab'],
  roundsMax: 3,
  figures: [
    ms('p99Of50', 'p99 of the slowest kind of page of 50', pageReach),
    ms('p99Of100', 'p99 of the slowest kind of page of 100', pageReach),
    ms('first', 'median of the first page of 50'),
    ms('last', 'median of the last page of 50'),
    ms('around anywhere', 'median of a page of 50 around anywhere'),
    ms('behindAtOne', 'median of a sync one event behind, at 1 message'),
    ms('behindAtMillion', 'median of a sync one event behind, at 1,000,000'),
    ms('snapshotAtOne', 'median of a first sync, at 1 message'),
    ms('snapshotAtMillion', 'median of a first sync, at 1,000,000'),
    ms('unreadAtOne', 'median of an unread count of 1'),
    ms('unreadAtMillion', 'median of an unread count of 1,000,000'),
  ],
  async run(run) {
    const million = { id: run.population.conversations[0]?.id ?? '', reader: 0, sleeper: members - 1 }
    const one = { id: await makeConversation(run), reader: members + 1, sleeper: 2 * members - 1 }
    const fifty = await timePages(run, million, 50)
    const hundred = await timePages(run, million, 100)
    return {
      p99Of50: fifty.slowestP99,
      p99Of100: hundred.slowestP99,
      ...fifty.medians,
      ...named('One', await timeStanding(run, one, 1)),
      ...named('Million', await timeStanding(run, million, messages)),
    }
  },
}

interface Watched {
  id: string
  /** Users of it: one who reads, one who has never read. */
  reader: number
  sleeper: number
}

/** A group of the other ten, with one message. */
async function makeConversation(run: Run): Promise<string> {
  const maker = members
  const memberIds = run.population.users.slice(maker + 1).map(({ id }) => id)
  const wanted = { kind: 'group', name: 'One message', memberIds }
  const { id } = await callRest<{ id: string }>(run, maker, 'POST', '/conversations', wanted)
  await callRest(run, maker, 'POST', `/conversations/${id}/messages`, { clientId: 'one', text: 'one' })
  return id
}

async function timePages(run: Run, { id, reader }: Watched, limit: number) {
  const client = await run.system.connectConfab(reader)
  const medians: Record<string, number> = {}
  let slowestP99 = 0
  for (const [kind, pageOf] of Object.entries(pages)) {
    const random = randomOf(limit)
    const times = await timeWarm(run, () =>
      client.call('history', { conversationId: id, limit, ...pageOf(random) }),
    )
    medians[kind] = median(times)
    slowestP99 = Math.max(slowestP99, p99(times))
    const { messages: found } = resultOf<{ messages: unknown[] }>(
      await client.call('history', { conversationId: id, limit, ...pageOf(random) }),
    )
    if (found.length !== limit) throw new Error(`${kind}: ${found.length} messages instead of ${limit}`)
  }
  client.kill()
  return { medians, slowestP99 }
}

interface Conversations {
  items: { head: number; me: { unread: number } }[]
}

async function timeStanding(run: Run, { id, reader, sleeper }: Watched, unread: number) {
  const client = await run.system.connectConfab(reader)
  const asleep = await run.system.connectConfab(sleeper)
  const shown = async (from: ConfabClient) =>
    resultOf<Conversations>(await from.call('conversations', { ids: [id] })).items[0]
  const head = (await shown(client))?.head ?? 0
  const counted = (await shown(asleep))?.me.unread
  if (counted !== unread) throw new Error(`${counted} messages are unread instead of ${unread}`)
  const { userRev } = resultOf<{ userRev: number }>(await client.call('sync', {}))

  const behind = await timeWarm(run, () => client.call('sync', { cursors: { [id]: head - 1 }, userRev }))
  const snapshot = await timeWarm(run, () => client.call('sync', {}))
  const counting = await timeWarm(run, () => asleep.call('conversations', { ids: [id] }))
  client.kill()
  asleep.kill()
  return { behind: median(behind), snapshot: median(snapshot), unread: median(counting) }
}

async function timeWarm({ lasting }: Run, call: () => Promise<string>): Promise<number[]> {
  await timeCalls(warmUps, call)
  return timeCalls(Math.ceil(lasting(timesEach)), call)
}

const named = (size: string, times: Record<string, number>) =>
  Object.fromEntries(Object.entries(times).map(([what, time]) => [`${what}At${size}`, time]))
