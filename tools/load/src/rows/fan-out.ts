import type { ChatClient } from '../clients/chat-client.ts'
import { median } from '../measure/statistics.ts'
import { connectAll } from './connect-all.ts'
import type { Row, Run } from './row.ts'
import { text200 } from './texts.ts'

const connections = 1_000
const oneForMs = 3_000
const tenForMs = 3_000
const warmUpMs = 1_500

/** Closed-loop: the next send, or the next ten, goes out when the last socket has everything of the last. */
export const fanOut: Row = {
  name: 'fan-out',
  work: '200-byte texts to one conversation of 1,000 connections, each delivered to all of them',
  population: { users: connections, conversations: 1, members: connections, messages: 0 },
  figures: [
    {
      key: 'oneCpu',
      label: 'server CPU a delivery, one send at a time',
      unit: 'µs',
      digits: 2,
      better: 'less',
      reach: { of: 'ratio', atMost: 0.5 },
    },
    {
      key: 'tenCpu',
      label: 'server CPU a delivery, ten sends at once',
      unit: 'µs',
      digits: 2,
      better: 'less',
      reach: { of: 'ratio', atMost: 0.2 },
    },
    { key: 'oneMs', label: 'send to last of 1,000 delivered', unit: 'ms', digits: 1, better: 'less' },
  ],
  async run(run) {
    const clients = await connectAll(run, connections)
    const conversationId = run.population.conversations[0]?.id ?? ''
    await burst(clients, conversationId, { width: 1, forMs: run.lasting(warmUpMs) })
    const one = await measureFanOut(run, clients, conversationId, { width: 1, forMs: run.lasting(oneForMs) })
    await burst(clients, conversationId, { width: 10, forMs: run.lasting(warmUpMs) })
    const ten = await measureFanOut(run, clients, conversationId, { width: 10, forMs: run.lasting(tenForMs) })
    return { oneCpu: one.cpuUs, oneMs: one.ms, tenCpu: ten.cpuUs }
  },
}

interface Burst {
  /** Sends at once, each by another connection. */
  width: number
  forMs: number
}

export async function measureFanOut(run: Run, clients: ChatClient[], conversationId: string, options: Burst) {
  const { result: times, serverCpuMs } = await run.watched(() => burst(clients, conversationId, options))
  const deliveries = times.length * options.width * clients.length
  return { cpuUs: (serverCpuMs * 1_000) / deliveries, ms: median(times) }
}

/** Answers how long each round of sends took until all was delivered and acknowledged. */
export async function burst(
  clients: ChatClient[],
  conversationId: string,
  { width, forMs }: Burst,
): Promise<number[]> {
  const times: number[] = []
  let missing = 0
  let done = (): void => undefined
  const one = () => {
    if (--missing === 0) done()
  }
  for (const client of clients) client.onMessage = one
  const until = performance.now() + forMs
  for (let sender = 0; performance.now() < until; ) {
    const whole = Promise.withResolvers<void>()
    done = whole.resolve
    missing = width * (clients.length + 1)
    const startedAt = performance.now()
    for (let index = 0; index < width; index++) {
      clients[sender++ % clients.length]?.send(conversationId, text200, one)
    }
    await whole.promise
    times.push(performance.now() - startedAt)
  }
  return times
}
