import { byteOf, type ChatClient, numberAt } from '../clients/chat-client.ts'
import { runOpenLoop } from '../measure/open-loop.ts'
import { percentile } from '../measure/statistics.ts'
import type { Run } from './row.ts'
import { text200 } from './texts.ts'

export interface Timed {
  /** From due to acknowledged, one a send; infinite for one that was refused. */
  acknowledgedMs: number[]
  /** From due to delivered, one for each other member of each accepted send. */
  deliveredMs: number[]
  /** Accepted a second, as long as sends were due. */
  keptUp: number
  refused: number
}

export interface Flow {
  perSecond: number
  forMs: number
  /** Who sends next, as an index of the clients. */
  nextSender: () => number
  /** Set where more is sent than can be: then it is no fault of the driver's to be late. */
  mayLag?: boolean
}

/** Talk among clients, each in one conversation, timed at the sender and at every other member. */
export interface Traffic {
  /** Sends at the rate and waits until all is delivered. Calls the run void where the driver was late. */
  flow(flow: Flow): Promise<Timed>
}

const deliveredWithinMs = 20_000
const lookEveryMs = 5
/** Where the driver itself adds this much, it measures itself. */
const lagMsMax = 3
const numberDigits = 9
const afterNumber = text200.slice(numberDigits)

export function openTraffic(run: Run, clients: readonly ChatClient[]): Traffic {
  const { population, callVoid } = run
  const home = clients.map((_, user) => population.cursorsOf(user).keys().next().value ?? '')
  const others = new Map(population.conversations.map(({ id, members }) => [id, members.length - 1]))
  /** By the number of the send, which its text begins with. */
  const senders: number[] = []
  const dueAt: number[] = []
  let deliveredMs: number[] = []

  for (const [user, client] of clients.entries()) {
    const findText = textFinder()
    client.onMessage = (bytes, start, end) => {
      const textAt = findText(bytes, start, end)
      const number = textAt === undefined ? notOurs : numberAt(bytes, textAt)
      if (number < senders.length && senders[number] !== user)
        deliveredMs.push(performance.now() - (dueAt[number] ?? 0))
    }
  }

  return {
    async flow({ perSecond, forMs, nextSender, mayLag = false }) {
      deliveredMs = []
      let expected = 0
      const { latenciesMs, lagsMs, inTime } = await runOpenLoop({
        perSecond,
        forMs,
        send(_index, answered, dueMs) {
          const sender = nextSender()
          const conversationId = home[sender] ?? ''
          const number = senders.push(sender) - 1
          dueAt.push(dueMs)
          clients[sender]?.send(conversationId, textOfNumber(number), (accepted) => {
            if (accepted) expected += others.get(conversationId) ?? 0
            answered(accepted)
          })
        },
      })
      for (const until = performance.now() + deliveredWithinMs; deliveredMs.length < expected; ) {
        if (performance.now() > until)
          throw new Error(`${expected - deliveredMs.length} of ${expected} were not delivered`)
        await Bun.sleep(lookEveryMs)
      }
      const lagMs = percentile(lagsMs, 0.99)
      if (lagMs > lagMsMax && !mayLag) callVoid(`the driver sent ${lagMs.toFixed(1)} ms late`)
      const refused = latenciesMs.filter((ms) => ms === Number.POSITIVE_INFINITY).length
      return { acknowledgedMs: latenciesMs, deliveredMs, keptUp: (inTime / forMs) * 1_000, refused }
    },
  }
}

/** The text of whatever else is sent during a flow must begin with this number. */
export const notOurs = 999_999_999
const textOfNumber = (number: number) => `${String(number).padStart(numberDigits, '0')}${afterNumber}`

const beforeText = new TextEncoder().encode('"text":"')
const firstByte = byteOf('"')

/** Finds where a frame's text begins: where it began in the last one, or by looking. */
export function textFinder(): (bytes: Uint8Array, start: number, end: number) => number | undefined {
  let offset = 0
  return (bytes, start, end) => {
    if (!isText(bytes, start + offset)) {
      let at = bytes.indexOf(firstByte, start)
      while (at !== -1 && at < end && !isText(bytes, at)) at = bytes.indexOf(firstByte, at + 1)
      if (at === -1 || at >= end) return undefined
      offset = at - start
    }
    return start + offset + beforeText.length
  }
}

function isText(bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < beforeText.length; index++) {
    if (bytes[at + index] !== beforeText[index]) return false
  }
  return true
}
