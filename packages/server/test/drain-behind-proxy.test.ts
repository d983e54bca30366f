import { describe, expect, test } from 'bun:test'
import type { Chat } from '@confab/client/chat'
import { defaultEdges } from '@confab/client/default-edges'
import { assert } from '../src/lib/assert.ts'
import { oneTo, signInPeople, startGroup } from './people.ts'
import { isInstalled, startProxy } from './proxies.ts'
import { openChat } from './sdk.ts'
import type { TestServer } from './start-server.ts'
import { hasEngines, startTwoNodes } from './two-nodes.ts'
import { within } from './within.ts'

const { openSocket } = defaultEdges()
/** As many as it takes for either node to have some of them. */
const writersCount = 6
const sendsBefore = 10
const sendsAfter = 10

describe.skipIf(!hasEngines || !isInstalled('haproxy'))('a node that drains behind a proxy', () => {
  test('[DRAIN5] hands its sockets over: nothing is missed, doubled or out of order, and nobody else moves', async () => {
    await using nodes = await startTwoNodes({ RATE_LIMITS: 'off' })
    const { here, there } = nodes
    const people = await signInPeople(here, ...oneTo(writersCount).map((number) => `writer${number}`))
    const [first, ...others] = people
    assert(first, 'somebody signed in')
    const { id } = await startGroup(here, first, others)
    await using proxy = await startProxy('haproxy', [new URL(here.url).host, new URL(there.url).host])
    const behind: TestServer = { ...here, url: proxy.url }
    await using stack = new AsyncDisposableStack()

    const writers = await Promise.all(
      people.map(async (person) => {
        let opened = 0
        const counted = (url: string) => {
          opened++
          return openSocket(url)
        }
        const chat = stack.use(await openChat(behind, person, { openSocket: counted }))
        return { chat, heard: hearing(chat), opened: () => opened }
      }),
    )
    await Promise.all(writers.map(({ chat }) => write(chat, id, sendsBefore, 'before')))
    const stayed = await connectionsOf(here)
    expect(stayed).toBeLessThan(writersCount)
    const writing = Promise.all(writers.map(({ chat }) => write(chat, id, sendsAfter, 'after')))
    expect(await there.stop('SIGTERM')).toBe(0)
    await writing
    await write(writers[0]?.chat, id, 1, 'last')

    const sent = writersCount * (sendsBefore + sendsAfter) + 1
    const seqs = oneTo(sent).map((number) => writersCount + number)
    const last = seqs.at(-1) ?? 0
    for (const { heard } of writers) expect(await heard.upTo(last)).toEqual(seqs)
    // Who was on the node that went has opened another socket, however often they tried.
    expect(writers.filter(({ opened }) => opened() === 1)).toHaveLength(stayed)
  }, 60_000)
})

/** The seqs of what is told, as it is told. */
function hearing(chat: Chat) {
  const seqs: number[] = []
  const waiting = new Map<number, () => void>()
  chat.on('event', ({ seq }) => {
    seqs.push(seq)
    waiting.get(seq)?.()
  })
  return {
    async upTo(last: number): Promise<number[]> {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.set(last, resolve)
      if (!seqs.includes(last)) await within(promise, `event ${last}`)
      return seqs
    },
  }
}

/** One after the other, each until it is acknowledged. */
async function write(chat: Chat | undefined, id: string, count: number, word: string): Promise<void> {
  for (const number of oneTo(count)) await chat?.conversation(id).send(`${word} ${number}`).sent
}

async function connectionsOf(node: TestServer): Promise<number> {
  const text = await (await fetch(`${node.url}/metrics`)).text()
  return Number(/^confab_connections (\d+)$/m.exec(text)?.[1])
}
