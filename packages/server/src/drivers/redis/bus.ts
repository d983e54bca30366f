import { assert } from '../../lib/assert.ts'
import { createListeners } from '../../lib/listeners.ts'
import { randomToken } from '../../lib/random-token.ts'
import type { Bus, BusMessage } from '../../ports/bus.ts'
import { createDispatch } from '../memory/dispatch.ts'
import { decodeFrame, encodeFrame } from './bus-frame.ts'
import { createClient } from './client.ts'
import { openLink } from './link.ts'
import { plainError } from './plain-error.ts'
import type { RedisEngine } from './redis.ts'
import { openSubscriber } from './subscriber.ts'

/** On which a node tells that what it published from a time on was lost. No channel of the domain's. */
const lostChannel = 'lost'
/** Under way to the engine at most, in UTF-16 units; what is more is lost, and said to be. */
const underWayMax = 32 * 1024 * 1024

/**
 * The bus over Redis pub/sub: a channel for each one that has listeners here. Those of this node hear at once
 * and without the engine, so that they miss nothing while it is down; what comes back of one's own is passed
 * over. What is published within a turn is one write.
 */
export async function openRedisBus({ address, clock, report, commands }: RedisEngine): Promise<Bus> {
  const prefix = `${address.prefix}:`
  const origin = randomToken().slice(0, 12)
  const dispatch = createDispatch({ report })
  const cuts = createListeners<number | undefined>({ name: 'the bus’s cuts', report })
  const client = createClient(address)
  const subscriber = openSubscriber({
    client,
    renew: () => subscriptions.renew(),
    isWanted: (name) => name === prefix + lostChannel || dispatch.has(name.slice(prefix.length)),
    wanted: function* () {
      yield prefix + lostChannel
      for (const name of dispatch.names()) yield prefix + name
    },
  })
  const subscriptions = openLink({ client, clock, report, prepare: subscriber.restore })
  let waiting: BusMessage[] = []
  let underWay = 0
  /** From when on what was published here may not have reached the others. */
  let lostSince: number | undefined

  function lose(since: number) {
    lostSince = Math.min(lostSince ?? since, since)
  }

  function send() {
    const messages = waiting
    waiting = []
    if (!commands.isUp || underWay > underWayMax) return lose(commands.goodAt)
    void publishAll(messages.map((message) => [prefix + message.channel, encodeFrame(origin, message)]))
  }

  /** Never rejects: what is lost is told later, and from when on. */
  async function publishAll(
    frames: readonly (readonly [channel: string, frame: string])[],
    sentAt = clock.now(),
  ): Promise<void> {
    const size = frames.reduce((sum, [, frame]) => sum + frame.length, 0)
    underWay += size
    try {
      const pipeline = commands.client.pipeline()
      for (const [channel, frame] of frames) pipeline.publish(channel, frame)
      const results = await pipeline.exec()
      const failed = results?.find(([error]) => error)?.[0]
      if (failed) throw failed
    } catch {
      // Why is told by the connection.
      return lose(sentAt)
    } finally {
      underWay -= size
    }
    if (lostSince !== undefined) void tellLost(lostSince)
  }

  /** Others have missed it, and nobody tells them so but who published it. */
  function tellLost(since: number) {
    lostSince = undefined
    const told = { channel: lostChannel, seq: 0, body: String(since) }
    // Told from then on again, where it doesn't arrive.
    return publishAll([[prefix + lostChannel, encodeFrame(origin, told)]], since)
  }

  function hear(name: string, text: string) {
    const channel = name.slice(prefix.length)
    const heard = decodeFrame(channel, text)
    const isWrong = channel === lostChannel && !/^\d{1,16}$/.test(heard?.message.body ?? '')
    if (!heard || isWrong) return report(`redis: no frame on ${name}`, new Error(text.slice(0, 100)))
    if (heard.origin === origin) return
    if (channel === lostChannel) cuts.tell(Number(heard.message.body))
    else dispatch.deliver([heard.message])
  }

  async function endCut(since: number) {
    try {
      // What came to be wanted since all was asked for.
      await subscriber.change([])
    } catch (cause) {
      report('redis: channels are not subscribed', plainError(cause))
    }
    if (subscriptions.isUp) cuts.tell(since)
  }

  client.on('message', hear)
  const stopHearing = [
    subscriptions.onUp((since) => void endCut(since)),
    commands.onUp(() => {
      if (lostSince !== undefined) void tellLost(lostSince)
    }),
  ]
  await subscriptions.begun

  return {
    get isCut() {
      return !(commands.isUp && subscriptions.isUp)
    },

    publish(messages) {
      if (messages.length === 0) return
      if (waiting.length === 0) queueMicrotask(send)
      for (const message of messages) {
        assert(message.channel !== lostChannel, 'that channel is the bus’s own')
        waiting.push(message)
      }
      dispatch.deliver(messages)
    },

    async subscribe(names, listener) {
      const fresh = dispatch.add(names, listener)
      // Also those that another listener has just begun to hear.
      await subscriber.change(fresh.map((name) => prefix + name))
    },

    unsubscribe(names, listener) {
      const silent = dispatch.remove(names, listener)
      // One that could not be ended is heard by nobody here.
      if (silent.length > 0) subscriber.change(silent.map((name) => prefix + name)).catch(() => undefined)
    },

    onCut: (listener) => cuts.add(listener),

    async [Symbol.asyncDispose]() {
      for (const stop of stopHearing) stop()
      cuts.clear()
      dispatch.clear()
      await subscriptions[Symbol.asyncDispose]()
    },
  }
}
