import type { ChatClient } from '../clients/chat-client.ts'
import { connectAll, eachAtOnce } from './connect-all.ts'
import type { Row, Run } from './row.ts'
import { text200 } from './texts.ts'

const clientCount = 5_000
const conversationsEach = 20
const members = 10
/**
 * Clients whose connection isn't upgraded yet: more would overrun the kernel's queue of 512,
 * and come a second later.
 */
const connectingMax = 400
/** The contract spreads reconnects over a second at least. */
const spreadMs = 1_000
const missedIn = 4
const missedEach = 5
const missed = missedIn * missedEach

/**
 * All sockets are killed; what they miss is sent by some who come back for it and go again; then all
 * reconnect within the second over which the contract lets clients spread. The time runs from the first
 * reconnect until the last client has all that it missed.
 */
export const resume: Row = {
  name: 'resume',
  work: '5,000 clients of 20 conversations of 10, dropped at once, each 20 events behind (5 in each of 4)',
  population: {
    users: clientCount,
    conversations: (clientCount * conversationsEach) / members,
    members,
    messages: 0,
  },
  figures: [
    {
      key: 'wholeMs',
      label: 'first reconnect to all whole again',
      unit: 'ms',
      digits: 0,
      better: 'less',
      reach: { of: 'value', atMost: 3_000 },
    },
    { key: 'cpu', label: 'server CPU a client', unit: 'µs', digits: 0, better: 'less' },
  ],
  async run(run) {
    const clients = await connectAll(run, clientCount)
    for (const client of clients) client.kill()
    await sendMissed(run)
    const { wallMs, serverCpuMs } = await run.watched(() => reconnectAll(run))
    return { wallMs, wholeMs: wallMs, cpu: (serverCpuMs * 1_000) / clientCount }
  },
}

/** Each user is in one of the first 500 conversations, in one of the next 500, and so on. */
async function sendMissed({ system, population }: Run): Promise<void> {
  const conversations = population.conversations.slice(0, (clientCount / members) * missedIn)
  await eachAtOnce(conversations.length, 100, async (index) => {
    const conversation = conversations[index]
    if (!conversation) return
    const sender = await system.connect(conversation.members[0] ?? 0)
    await eachAtOnce(missedEach, 1, () => {
      const { promise, resolve } = Promise.withResolvers<boolean>()
      sender.send(conversation.id, text200, resolve)
      return promise
    })
    sender.kill()
  })
}

async function reconnectAll({ system, population }: Run): Promise<void> {
  const startedAt = performance.now()
  const following: Promise<void>[] = []
  await eachAtOnce(clientCount, connectingMax, async (user) => {
    await Bun.sleep(startedAt + (user / clientCount) * spreadMs - performance.now())
    const client = await system.connect(user)
    following.push(followFromBefore(client, user))
  })
  await Promise.all(following)

  async function followFromBefore(client: ChatClient, user: number) {
    const behind = await client.follow(population.cursorsOf(user))
    if (behind !== missed) throw new Error(`${system.name}: a client got ${behind} of ${missed} events`)
  }
}
