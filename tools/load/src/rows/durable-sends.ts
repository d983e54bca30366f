import type { ChatClient } from '../clients/chat-client.ts'
import { runOpenLoop } from '../measure/open-loop.ts'
import { percentile } from '../measure/statistics.ts'
import { connectAll } from './connect-all.ts'
import type { Row, Run } from './row.ts'
import { text200 } from './texts.ts'
import { openWitnesses } from './witnesses.ts'

const clientCount = 500
const warmUpMs = 2_000
const closedForMs = 5_000
const openForMs = 5_000
/** A quarter of the sends a second that the row is to reach. */
const openPerSecond = 3_000
const lagMsMax = 3

/** Each acknowledged send is also delivered to both of the pair, and a few SDK clients see all of theirs. */
export const durableSends: Row = {
  name: 'durable-sends',
  work: '500 clients in pairs, 200-byte texts, delivered to both; Confab flushes each to disk before it acknowledges',
  population: { users: clientCount, conversations: clientCount / 2, members: 2, messages: 0 },
  figures: [
    {
      key: 'perSecond',
      label: 'acknowledged sends, one in flight a client',
      unit: '/s',
      digits: 0,
      better: 'more',
      reach: { of: 'value', atLeast: 12_000 },
    },
    {
      key: 'closedP99',
      label: 'p99 of the acknowledgement at that rate',
      unit: 'ms',
      digits: 1,
      better: 'less',
      reach: { of: 'value', atMost: 60 },
    },
    { key: 'cpu', label: 'server CPU a send at that rate', unit: 'µs', digits: 1, better: 'less' },
    { key: 'openP50', label: 'median at 3,000 sends/s, open-loop', unit: 'ms', digits: 2, better: 'less' },
    {
      key: 'openP99',
      label: 'p99 at 3,000 sends/s, open-loop',
      unit: 'ms',
      digits: 2,
      better: 'less',
      reach: { of: 'value', atMost: 10 },
    },
  ],
  async run(run) {
    const clients = countAccepted(await connectAll(run, clientCount))
    await using witnesses = run.system.name !== 'socket.io' ? await openWitnesses(run) : undefined
    await closedLoop(run, clients.all, run.lasting(warmUpMs))
    const closed = await run.watched(() => closedLoop(run, clients.all, run.lasting(closedForMs)))
    const open = await run.measured(() => openLoop(run, clients.all, run.lasting(openForMs)))
    await witnesses?.haveSeen(clients.accepted)
    return {
      perSecond: (closed.result.length / closed.wallMs) * 1_000,
      closedP99: percentile(closed.result, 0.99),
      cpu: (closed.serverCpuMs * 1_000) / closed.result.length,
      ...(closed.enginesCpuMs !== undefined && {
        enginesCpu: (closed.enginesCpuMs * 1_000) / closed.result.length,
      }),
      openP50: percentile(open.result, 0.5),
      openP99: percentile(open.result, 0.99),
    }
  },
}

type Sender = Pick<ChatClient, 'send'>

/** The same clients, and how many sends each conversation has acknowledged. */
function countAccepted(clients: Sender[]): { all: Sender[]; accepted: ReadonlyMap<string, number> } {
  const accepted = new Map<string, number>()
  const all = clients.map(
    (client): Sender => ({
      send(conversationId, text, answered) {
        client.send(conversationId, text, (isAccepted) => {
          if (isAccepted) accepted.set(conversationId, (accepted.get(conversationId) ?? 0) + 1)
          answered(isAccepted)
        })
      },
    }),
  )
  return { all, accepted }
}

/** Each client sends again as soon as it is acknowledged. Answers the times that this took. */
async function closedLoop(run: Run, clients: Sender[], forMs: number): Promise<number[]> {
  const times: number[] = []
  const until = performance.now() + forMs
  await Promise.all(
    clients.map((client, user) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const conversationId = conversationOf(run, user)
      const sendNext = () => {
        const startedAt = performance.now()
        if (startedAt >= until) return resolve()
        client.send(conversationId, text200, (accepted) => {
          times.push(accepted ? performance.now() - startedAt : Number.POSITIVE_INFINITY)
          sendNext()
        })
      }
      sendNext()
      return promise
    }),
  )
  return times
}

async function openLoop(run: Run, clients: Sender[], forMs: number): Promise<number[]> {
  const { latenciesMs, lagsMs } = await runOpenLoop({
    perSecond: openPerSecond,
    forMs,
    send(index, answered) {
      const user = index % clients.length
      clients[user]?.send(conversationOf(run, user), text200, answered)
    },
  })
  const lagMs = percentile(lagsMs, 0.99)
  if (lagMs > lagMsMax) run.callVoid(`the driver sent ${lagMs.toFixed(1)} ms late`)
  return latenciesMs
}

const conversationOf = ({ population }: Run, user: number): string =>
  population.cursorsOf(user).keys().next().value ?? ''
