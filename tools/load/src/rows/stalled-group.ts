import type { OnTrouble } from '../clients/chat-client.ts'
import type { ConfabClient } from '../clients/connect-confab.ts'
import { eachAtOnce } from './connect-all.ts'
import type { Run } from './row.ts'
import { resultOf } from './time-calls.ts'
import { notOurs } from './traffic.ts'

/** A busy group whose readers can be made to read no more, as clients do that hang. */
export interface StalledGroup extends Disposable {
  /** Its senders send long texts, a few a second each, below their rate limit. */
  talkFor(forMs: number): Promise<void>
  stall(): void
  /** How many of the readers the server has cut. They can't see it themselves while they don't read. */
  cut(): Promise<number>
}

const perSecondEach = 2.5
/** As long as a text may be, and 20 KB: what nobody reads soon fills the kernel's buffers. */
const text = `${notOurs}${'🐘'.repeat(4_900)}`

export async function openStalledGroup(
  run: Run,
  {
    conversationId,
    senders,
    readers,
  }: { conversationId: string; senders: readonly number[]; readers: readonly number[] },
): Promise<StalledGroup> {
  const connect = (users: readonly number[], onTrouble?: OnTrouble) =>
    eachAtOnce(users.length, users.length, async (index) => {
      const client = await run.system.connectConfab(users[index] ?? 0, onTrouble)
      resultOf(await client.call('sync', {}))
      return client
    })
  const sending = await connect(senders)
  // That they are cut is what is looked for.
  const reading = await connect(readers, () => undefined)
  const connected = await connectionsOf(run)

  async function talk(client: ConfabClient, count: number) {
    const everyMs = 1_000 / perSecondEach
    const from = performance.now() + Math.random() * everyMs
    for (let index = 0; index < count; index++) {
      await Bun.sleep(Math.max(0, from + index * everyMs - performance.now()))
      resultOf(await client.call('message.send', { conversationId, clientId: crypto.randomUUID(), text }))
    }
  }

  return {
    async talkFor(forMs) {
      await Promise.all(sending.map((client) => talk(client, Math.floor((forMs * perSecondEach) / 1_000))))
    },
    stall() {
      for (const client of reading) client.pause()
    },
    cut: async () => connected - (await connectionsOf(run)),
    // One that is paused would never see the server go, and keep the driver alive.
    [Symbol.dispose]() {
      for (const client of [...sending, ...reading]) client.kill()
    },
  }
}

async function connectionsOf({ system }: Run): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${system.program.port}/metrics`)
  const count = /^confab_connections (\d+)$/m.exec(await answer.text())?.[1]
  if (count === undefined) throw new Error('the server tells no confab_connections')
  return Number(count)
}
