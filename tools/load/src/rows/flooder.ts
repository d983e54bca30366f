import type { ConfabClient } from '../clients/connect-confab.ts'
import type { Run } from './row.ts'
import { text200 } from './texts.ts'
import { notOurs } from './traffic.ts'

/** A client that sends as fast as it is answered, and comes back at once when it is cut. */
export interface Flooder {
  floodFor(forMs: number): Promise<void>
  /** What it got, a second of flooding; `cut` in all. */
  perSecond(): { calls: number; accepted: number; limited: number; cut: number }
}

const inFlight = 200
const text = `${notOurs}${text200.slice(String(notOurs).length)}`

export function openFlooder(
  run: Run,
  { user, conversationId }: { user: number; conversationId: string },
): Flooder {
  const got = { calls: 0, accepted: 0, limited: 0, cut: 0 }
  let floodedMs = 0
  let over = false

  /** Resolves when the connection has been cut, or the flood is over. */
  async function floodOnce(ended: Promise<void>): Promise<void> {
    const closed = Promise.withResolvers<void>()
    const onTrouble = (trouble: string) => {
      if (trouble.includes('"rate_limited"')) got.limited++
      else if (trouble.includes('(4429)')) got.cut++
      else if (!trouble.includes('closed')) throw new Error(`the flooder was told ${trouble}`)
      if (trouble.includes('closed')) closed.resolve()
    }
    const client = await run.system.connectConfab(user, onTrouble)
    for (let index = 0; index < inFlight; index++) sendNext(client)
    await Promise.race([closed.promise, ended])
    client.kill()
  }

  function sendNext(client: ConfabClient) {
    if (over) return
    client.send(conversationId, text, (accepted) => {
      got.calls++
      if (accepted) got.accepted++
      sendNext(client)
    })
  }

  return {
    async floodFor(forMs) {
      over = false
      const ended = Bun.sleep(forMs).then(() => {
        over = true
      })
      const from = performance.now()
      while (!over) await floodOnce(ended)
      floodedMs += performance.now() - from
    },
    perSecond() {
      const each = 1_000 / floodedMs
      const { calls, accepted, limited, cut } = got
      return { calls: calls * each, accepted: accepted * each, limited: limited * each, cut }
    },
  }
}
