import type { Report } from '../../lib/report.ts'
import type { Bus, BusListener, BusMessage } from '../../ports/bus.ts'
import { userTag } from './channels.ts'
import type { Pace } from './pace.ts'

/** What waits for its turn in one process at most; with more, nobody is waited for. */
const waitingBytesMax = 64 * 1024 * 1024

/**
 * The bus, heard at the readers' pace. Everything that is heard through one of these keeps the order in which
 * it came, but what ends a session: that waits for nobody. A listener may still hear what had waited for it
 * when it unsubscribed.
 */
export function pacedBus({ bus, pace, report }: { bus: Bus; pace: Pace; report: Report }): Bus {
  const paced = new Map<BusListener, BusListener>()
  let waiting: { listener: BusListener; message: BusMessage; bytes: number }[] = []
  let waitingBytes = 0
  let mayGoOn = true

  const hear =
    (listener: BusListener): BusListener =>
    (message) => {
      if (message.tag === userTag.sessionEnded) return listener(message)
      const bytes = Buffer.byteLength(message.body)
      if (mayGoOn) {
        mayGoOn = pace.goOn(bytes)
        if (!mayGoOn) void handOn()
        return listener(message)
      }
      waiting.push({ listener, message, bytes })
      waitingBytes += bytes
    }

  /**
   * Until what waited is handed over and there is room again: not until nothing comes any more, which under load
   * is never. Never rejects: a pace that fails is no reason to deliver nothing from then on.
   */
  async function handOn() {
    do {
      await pace.room().catch((cause) => report('delivery: the readers were not waited for', cause))
    } while (!handSlice())
    mayGoOn = true
  }

  /** A slice, and at once what is more than may wait. False where the next must wait. */
  function handSlice(): boolean {
    let end = 0
    let hasRoom = true
    for (const { listener, message, bytes } of waiting) {
      end++
      waitingBytes -= bytes
      try {
        listener(message)
      } catch (cause) {
        report(`a listener of bus channel ${message.channel} failed`, cause)
      }
      hasRoom = pace.goOn(bytes)
      if (!hasRoom && waitingBytes <= waitingBytesMax) break
    }
    waiting = waiting.slice(end)
    return hasRoom
  }

  return {
    get isCut() {
      return bus.isCut
    },
    publish: (messages) => bus.publish(messages),
    onCut: (listener) => bus.onCut(listener),
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
    subscribe(channels, listener) {
      const heard = paced.get(listener) ?? hear(listener)
      paced.set(listener, heard)
      return bus.subscribe(channels, heard)
    },
    unsubscribe(channels, listener) {
      const heard = paced.get(listener)
      if (heard) bus.unsubscribe(channels, heard)
    },
  }
}
