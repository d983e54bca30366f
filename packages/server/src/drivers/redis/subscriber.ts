import type { Redis } from 'ioredis'

/**
 * Keeps one connection subscribed to what is wanted, across its downtimes. What changes within a moment is
 * one command, and asks for each channel as it stands at the end.
 */
export interface Subscriber {
  /**
   * To be called after channels began or ceased to be wanted. Resolves when the engine has them, or has
   * been lost, and then `restore` asks for them. Rejects what the engine refuses.
   */
  change(channels: readonly string[]): Promise<void>
  /** Asks for all that is wanted, on a new connection. */
  restore(): Promise<void>
}

const channelsAtOnce = 1_000

export function openSubscriber({
  client,
  isSharded,
  renew,
  isWanted,
  wanted,
}: {
  client: Redis
  /** Whether the channels are those of a cluster, each on the server that holds its slot. */
  isSharded: boolean
  /** Leaves a connection of which it isn't known what it hears. */
  renew: () => void
  isWanted: (channel: string) => boolean
  wanted: () => Iterable<string>
}): Subscriber {
  let changed = new Set<string>()
  let gathering: Promise<void> | undefined
  /** What has been asked for so far, answered or not. */
  let asked = Promise.resolve()
  let isRestored = false

  async function sendChanged() {
    // What else changes in this turn goes along.
    await Promise.resolve()
    gathering = undefined
    if (!isRestored) return
    const touched = [...changed]
    changed = new Set()
    const before = asked
    const own = askOrLeave(touched)
    asked = Promise.all([before, own.catch(() => undefined)]).then(() => undefined)
    await before
    await own
  }

  async function askOrLeave(channels: readonly string[]) {
    try {
      await ask(channels)
    } catch (cause) {
      if (isRefused(cause)) throw cause
      // Whatever of it the engine has heard: a new connection begins from nothing.
      isRestored = false
      renew()
    }
  }

  // Sharded ones of one command must be of one slot.
  const subscribe = (part: string[]): Promise<unknown> =>
    isSharded ? Promise.all(part.map((name) => client.ssubscribe(name))) : client.subscribe(...part)
  const unsubscribe = (part: string[]): Promise<unknown> =>
    isSharded ? Promise.all(part.map((name) => client.sunsubscribe(name))) : client.unsubscribe(...part)

  const ask = (channels: readonly string[]) =>
    Promise.all([
      ...inParts(channels.filter((channel) => !isWanted(channel))).map(unsubscribe),
      ...inParts(channels.filter(isWanted)).map(subscribe),
    ])

  client.on('close', () => {
    isRestored = false
  })

  return {
    change(channels) {
      for (const channel of channels) changed.add(channel)
      gathering ??= sendChanged()
      return gathering
    },
    async restore() {
      changed = new Set()
      // One part after the other: each is to be answered in the time of a command.
      for (const part of inParts([...wanted()])) await subscribe(part)
      while (changed.size > 0) {
        const touched = [...changed]
        changed = new Set()
        await ask(touched)
      }
      isRestored = true
    },
  }
}

/** That a channel has moved to another server is no refusal: it is asked for there. */
const isRefused = (cause: unknown) =>
  cause instanceof Error && cause.name === 'ReplyError' && !/^(MOVED|CLUSTERDOWN)/.test(cause.message)

function inParts(channels: readonly string[]): string[][] {
  const parts: string[][] = []
  for (let from = 0; from < channels.length; from += channelsAtOnce)
    parts.push(channels.slice(from, from + channelsAtOnce))
  return parts
}
