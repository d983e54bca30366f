import type { ChatClient } from '../clients/chat-client.ts'
import { median } from '../measure/statistics.ts'
import { callRest } from './call-rest.ts'
import { connectAll } from './connect-all.ts'
import type { Row, Run } from './row.ts'
import { text200 } from './texts.ts'
import { p99, resultOf, timeCalls } from './time-calls.ts'

const members = 100_000
const online = 10_000
const sendsForMs = 4_000
const warmUpMs = 1_500
const joins = 20
const memberPages = 200
const syncs = 200

/** 10,000 sockets in the driver and as many in the server, each process with its own bound on open files. */
export const channel: Row = {
  name: 'channel',
  work: 'a public channel of 100,000 members, 10,000 of them connected (Socket.IO: a room of those); 200-byte texts',
  population: { users: members + 1, conversations: 0, members: 2, messages: 0, channel: members },
  roundsMax: 3,
  figures: [
    { key: 'cpu', label: 'server CPU a delivery, one send at a time', unit: 'µs', digits: 2, better: 'less' },
    { key: 'lastMs', label: 'send to last of 10,000 delivered', unit: 'ms', digits: 0, better: 'less' },
    { key: 'acknowledgedMs', label: 'send to acknowledged', unit: 'ms', digits: 1, better: 'less' },
    { key: 'joinMs', label: 'join: to the answer', unit: 'ms', digits: 1, better: 'less' },
    { key: 'joinToldMs', label: 'join: to last of 10,000 told', unit: 'ms', digits: 0, better: 'less' },
    {
      key: 'pageP99',
      label: 'p99 of a page of 100 members',
      unit: 'ms',
      digits: 2,
      better: 'less',
    },
    { key: 'syncP99', label: 'p99 of a first sync of a member', unit: 'ms', digits: 2, better: 'less' },
    { key: 'rss', label: 'RSS then', unit: 'MB', digits: 0, better: 'less' },
  ],
  async run(run) {
    const clients = await connectAll(run, online)
    await sendToAll(run, clients, warmUpMs)
    const { result, serverCpuMs } = await run.watched(() => sendToAll(run, clients, run.lasting(sendsForMs)))
    const { lastMs, acknowledgedMs } = result
    const sent = {
      cpu: (serverCpuMs * 1_000) / (lastMs.length * online),
      lastMs: median(lastMs),
      acknowledgedMs: median(acknowledgedMs),
      rss: run.system.program.rssBytes() / 1e6,
    }
    if (run.system.name === 'socket.io') return sent
    return { ...sent, ...(await timeJoins(run, clients)), ...(await timeReads(run)) }
  },
}

const channelOf = ({ population }: Run): string => population.conversations[0]?.id ?? ''

/** Resolves when each client has been told of one event more. */
function toldToAll(clients: readonly ChatClient[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let missing = clients.length
  const told = () => {
    if (--missing === 0) resolve()
  }
  for (const client of clients) client.onMessage = told
  return promise
}

/** The next goes out, by another client, when the last of all has this one. */
async function sendToAll(run: Run, clients: readonly ChatClient[], forMs: number) {
  const lastMs: number[] = []
  const acknowledgedMs: number[] = []
  const until = performance.now() + forMs
  for (let sender = 0; performance.now() < until; sender++) {
    const told = toldToAll(clients)
    const acknowledged = Promise.withResolvers<void>()
    const from = performance.now()
    clients[sender % clients.length]?.send(channelOf(run), text200, () => {
      acknowledgedMs.push(performance.now() - from)
      acknowledged.resolve()
    })
    await Promise.all([told, acknowledged.promise])
    lastMs.push(performance.now() - from)
  }
  return { lastMs, acknowledgedMs }
}

/** The one who is no member comes and goes. */
async function timeJoins(run: Run, clients: readonly ChatClient[]) {
  const outsider = members
  const joinMs: number[] = []
  const joinToldMs: number[] = []
  const come = (way: 'join' | 'leave') =>
    callRest(run, outsider, 'POST', `/conversations/${channelOf(run)}/${way}`)
  for (let index = 0; index < joins; index++) {
    const told = toldToAll(clients)
    const from = performance.now()
    await come('join')
    joinMs.push(performance.now() - from)
    await told
    joinToldMs.push(performance.now() - from)
    const toldToo = toldToAll(clients)
    await come('leave')
    await toldToo
  }
  return { joinMs: median(joinMs), joinToldMs: median(joinToldMs) }
}

async function timeReads(run: Run) {
  const path = `/conversations/${channelOf(run)}/members?limit=100`
  let cursor: string | null = null
  const pages = await timeCalls(memberPages, async () => {
    const at: string = cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`
    const { next } = await callRest<{ next: string | null }>(run, 0, 'GET', at)
    cursor = next
  })
  const client = await run.system.connectConfab(0)
  const synced = await timeCalls(syncs, async () => resultOf(await client.call('sync', {})))
  client.kill()
  return { pageP99: p99(pages), syncP99: p99(synced) }
}
