import { assert } from '../../lib/assert.ts'
import { createListeners } from '../../lib/listeners.ts'
import { randomToken } from '../../lib/random-token.ts'
import type { Bus, BusMessage } from '../../ports/bus.ts'
import { createDispatch } from '../memory/dispatch.ts'
import type { Shard } from './ask-cluster.ts'
import { decodeFrame, encodeFrame } from './bus-frame.ts'
import { createClient, pingOf } from './client.ts'
import type { Frame } from './commands.ts'
import { openLink } from './link.ts'
import { plainError } from './plain-error.ts'
import type { RedisEngine } from './redis.ts'
import { openShards } from './shards.ts'
import { openSubscriber, type Subscriber } from './subscriber.ts'

/** On which a node tells that what it published from a time on was lost. No channel of the domain's. */
const lostChannel = 'lost'
/** Under way to the engine at most, in UTF-16 units; what is more is lost, and said to be. */
const underWayMax = 32 * 1024 * 1024

/**
 * The bus over Redis pub/sub, sharded on a cluster: a channel for each one that has listeners here. Those of
 * this node hear at once and without the engine, so that they miss nothing while it is down; what comes back
 * of one's own is passed over. What is published within a turn is one write a server.
 */
export async function openRedisBus({
  address,
  topology,
  clock,
  report,
  commands,
}: RedisEngine): Promise<Bus> {
  const isSharded = address.kind === 'cluster'
  const prefix = `${address.prefix}:`
  const origin = randomToken().slice(0, 12)
  const dispatch = createDispatch({ report })
  const cuts = createListeners<number | undefined>({ name: 'the bus’s cuts', report })
  const subscriptions = openShards({
    ...{ topology, clock, report },
    open: openSubscriptions,
    onMoved: ({ link }) => link.renew(),
  })
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
    if (underWay > underWayMax) return lose(commands.goodAt)
    void publishAll(messages.map((message) => [prefix + message.channel, encodeFrame(origin, message)]))
  }

  /** Never rejects: what is lost is told later, and from when on. */
  async function publishAll(frames: readonly Frame[], sentAt = clock.now()): Promise<void> {
    const size = frames.reduce((sum, [, frame]) => sum + frame.length, 0)
    underWay += size
    try {
      await commands.publish(frames)
    } catch {
      // Why is told by the connection.
      return lose(commands.isUp ? sentAt : Math.min(sentAt, commands.goodAt))
    } finally {
      underWay -= size
    }
    if (lostSince !== undefined && commands.isUp) void tellLost(lostSince)
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
      await Promise.all([...subscriptions.parts()].map(({ subscriber }) => subscriber.change([])))
    } catch (cause) {
      report('redis: channels are not subscribed', plainError(cause))
    }
    if (subscriptions.isUp) cuts.tell(since)
  }

  /** One that is subscribed to what is wanted of a server's channels. */
  function openSubscriptions({ host, name: at }: Shard) {
    const client = createClient(address, { host })
    const isHere = (name: string) => topology.shardOf(name)?.name === at
    const isWanted = (name: string) =>
      isHere(name) && (name === prefix + lostChannel || dispatch.has(name.slice(prefix.length)))
    const subscriber = openSubscriber({
      ...{ client, isSharded, isWanted },
      renew: () => link.renew(),
      wanted: function* () {
        const lost = prefix + lostChannel
        if (isHere(lost)) yield lost
        for (const channel of dispatch.names()) if (isHere(prefix + channel)) yield prefix + channel
      },
    })
    const link = openLink({
      ...{ client, clock, report },
      prepare: subscriber.restore,
      ping: pingOf(address, client),
    })
    client.on(isSharded ? 'smessage' : 'message', hear)
    // The server has given slots away, and ended what was subscribed of them.
    client.on('moved', () => {
      link.renew()
      topology.refresh()
    })
    return { link, subscriber }
  }

  /** Those without a server are asked for when there is one. */
  async function change(channels: readonly string[]): Promise<void> {
    const names = channels.map((channel) => prefix + channel)
    const subscribers = new Map<Subscriber, string[]>()
    for (const name of names) {
      const subscriber = subscriptions.partOf(name)?.subscriber
      const some = subscriber && subscribers.get(subscriber)
      if (some) some.push(name)
      else if (subscriber) subscribers.set(subscriber, [name])
    }
    await Promise.all([...subscribers].map(([subscriber, some]) => subscriber.change(some)))
  }

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
      await change(fresh)
    },

    unsubscribe(names, listener) {
      const silent = dispatch.remove(names, listener)
      // One that could not be ended is heard by nobody here.
      if (silent.length > 0) change(silent).catch(() => undefined)
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
