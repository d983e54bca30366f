import { type UserId, userId as userIdSchema } from '@confab/protocol/ids'
import { presenceStatus } from '@confab/protocol/presence'
import { z } from 'zod'
import type { Clock } from '../../lib/clock.ts'
import { createListeners } from '../../lib/listeners.ts'
import { putLatest } from '../../lib/put-latest.ts'
import { randomToken } from '../../lib/random-token.ts'
import type { Bus, BusMessage } from '../../ports/bus.ts'
import type { PresenceBoard, Seen } from '../../ports/presence.ts'
import type { Store } from '../../ports/store.ts'
import type { KeptPresence } from '../../ports/writes.ts'
import { beginScript, endScript, lookScript, putScript, renewScript } from './presence-scripts.ts'
import type { RedisEngine } from './redis.ts'
import type { Script } from './script.ts'
import { tellSeldom } from './tell-seldom.ts'

/**
 * What a node that dies leaves behind is gone after `leaseMs`, found out within another `renewEveryMs`: 30 s.
 */
const renewEveryMs = 5_000
const leaseMs = 25_000
/** How so many were seen last is what is answered while the engine is down: 150 bytes each. */
const rememberedMax = 100_000
/** Of so many it is known which change they were told of last, so that none is told after a later one. */
const versionsMax = 10_000
/**
 * So many who have left, and could not be written, are remembered beside those who are here: 100 bytes each.
 */
const leftMax = 10_000
const atOnce = 500
/** The bus's channel, and with its prefix the key; the tag keeps both on one shard of a cluster. */
const channel = '{presence}'

/** Tells the others that the engine did not know a node that lives. */
const forgotten = 'forgotten'

type How = 'online' | 'away' | ''
type Chosen = 'busy' | 'invisible' | '' | '='

const texts = z.array(z.string())

interface PresenceOptions {
  bus: Bus
  /** What busy and invisible are read from after the engine was emptied: nobody is seen then who hides. */
  store: Pick<Store, 'presences'>
  clock?: Clock
  now?: Clock['now']
  leftMax?: number
}

/**
 * The board on Redis. A node holds one lease and writes a user only when how they are there through it
 * changes: the first connection, the last, the one that is no longer away. While the engine is down the board
 * is frozen: it answers what was last seen, and tells nothing. What changed here meanwhile is written after.
 */
export async function openRedisPresence(
  { address, clock: engineClock, report, commands }: RedisEngine,
  { bus, store, clock = engineClock, now, leftMax: unwrittenMax = leftMax }: PresenceOptions,
): Promise<PresenceBoard & { crash(): void }> {
  const base = `${address.prefix}:${channel}`
  const publish = address.kind === 'cluster' ? 'SPUBLISH' : 'PUBLISH'
  const tell = tellSeldom({ report, clock: engineClock })
  const changes = createListeners<Seen>({ name: 'presence', report })
  const here = new Map<UserId, { id: string; isAway: boolean }[]>()
  /** What the engine has not confirmed: what was chosen, if anything was. */
  const unwritten = new Map<UserId, { chosen: Chosen }>()
  const remembered = new Map<UserId, Seen>()
  const versions = new Map<UserId, number>()
  // Another one at each beginning, since the last may have been taken for dead.
  let node = newNode()
  let beginning: Promise<void> | undefined
  let begun = false
  let closed = false
  /** The last change that was told of; 'restored' where the engine is back at what it knew before that. */
  let heard: number | 'restored' = 0

  const run = (script: Script, args: readonly (string | number)[], at = node) =>
    commands.run(script, { keys: [base], args: [now?.() ?? '', publish, at, ...args] })

  /** Undefined where the engine is down, or does not know this node even after it has begun again. */
  async function ask(
    script: Script,
    args: () => readonly (string | number)[],
  ): Promise<string[] | undefined> {
    for (let attempt = 1; attempt <= 2; attempt++) {
      if (!commands.isUpFor(base) || closed) return undefined
      try {
        if (!begun) await begin()
        // Read at each attempt: what was heard is another once it has begun again.
        const answer = await run(script, args())
        if (answer !== 0 && answer !== -1) return texts.parse(answer)
        begun = false
        if (answer === -1) heard = 'restored'
        // Then it has likely forgotten the others too.
        bus.publish([{ channel, seq: 0, tag: forgotten, body: '' }])
      } catch (cause) {
        if (commands.isUpFor(base)) tell('redis: presence is not written yet', cause)
        return undefined
      }
    }
    return undefined
  }

  /** Writes everybody who is here: at the start, and when the engine has forgotten this node. */
  function begin() {
    beginning ??= (async () => {
      const before = node
      node = newNode()
      const all = [...here.keys()]
      for (let from = 0; from === 0 || from < all.length; from += atOnce) {
        const some = all.slice(from, from + atOnce)
        const chosen = await chosenBy(some)
        const put = some.flatMap((userId) => [userId, howOf(userId), chosen.get(userId) ?? ''])
        const [old, ...told] = texts.parse(await run(beginScript, [heard, ...put]))
        if (old === 'restored' || heard === 'restored') await forget(some, chosen)
        tellAll(told)
      }
      if (heard === 'restored') heard = 0
      // Now that everybody is there through the new one: nobody is seen to leave who hasn't.
      await end(before)
      begun = true
    })().finally(() => {
      beginning = undefined
    })
    return beginning
  }

  async function end(at: string) {
    for (let more = '1'; more === '1'; ) {
      const [left = '0', ...told] = texts.parse(await run(endScript, [], at))
      tellAll(told)
      more = left
    }
  }

  async function chosenBy(userIds: readonly UserId[]) {
    const kept = userIds.length === 0 ? [] : await store.presences(userIds)
    return new Map(kept.map((one) => [one.userId, one.chosen]))
  }

  /**
   * The engine counts changes from an earlier one on. What was chosen while the store was read is put again.
   */
  async function forget(some: readonly UserId[], put: ReadonlyMap<UserId, KeptPresence['chosen']>) {
    heard = 'restored'
    versions.clear()
    for (const [userId, chosen] of await chosenBy(some))
      if (chosen !== put.get(userId)) unwritten.set(userId, { chosen: chosen ?? '' })
  }

  function howOf(userId: UserId): How {
    const connections = here.get(userId)
    if (!connections) return ''
    return connections.some(({ isAway }) => !isAway) ? 'online' : 'away'
  }

  async function write(userId: UserId, chosen: Chosen = '=') {
    const before = unwritten.get(userId)?.chosen ?? '='
    const change = { chosen: chosen === '=' ? before : chosen }
    if (!here.has(userId) && unwritten.size >= here.size + unwrittenMax) forgetLeft()
    unwritten.set(userId, change)
    const answer = await ask(putScript, () => [userId, howOf(userId), change.chosen])
    if (!answer) return
    if (unwritten.get(userId) === change) unwritten.delete(userId)
    const [seen = '', told = ''] = answer
    if (told !== '') tellAll([told])
    else remember(parseSeen(seen.split(' ')))
  }

  /** Begun anew, this node is another, and who left is taken away with the one that it was. */
  function forgetLeft() {
    for (const userId of unwritten.keys()) if (!here.has(userId)) unwritten.delete(userId)
    begun = false
  }

  function tellAll(told: readonly string[]) {
    for (const text of told) {
      const [version = '', ...rest] = text.split(' ')
      const seen = parseSeen(rest)
      if (heard !== 'restored') heard = Math.max(heard, Number(version))
      if (Number(version) <= (versions.get(seen.userId) ?? 0)) continue
      putLatest(versions, seen.userId, { value: Number(version), max: versionsMax })
      remember(seen)
      changes.tell(seen)
    }
  }

  function remember(seen: Seen) {
    putLatest(remembered, seen.userId, { value: seen, max: rememberedMax })
  }

  async function renew() {
    const late = [...unwritten.keys()]
    for (let from = 0; from < late.length && commands.isUpFor(base); from += atOnce)
      await Promise.all(late.slice(from, from + atOnce).map((userId) => write(userId)))
    for (let more = '1'; more === '1'; ) {
      const [left = '0', ...told] = (await ask(renewScript, () => [renewEveryMs, leaseMs, heard])) ?? []
      tellAll(told)
      more = left
    }
  }

  function renewAgain() {
    void renew()
    cancel = clock.after(renewEveryMs, renewAgain)
  }

  function stop() {
    closed = true
    cancel()
    stopHearingUps()
    bus.unsubscribe([channel], hear)
    changes.clear()
  }

  const hear = ({ body, tag }: BusMessage) => (tag === forgotten ? void renew() : tellAll([body]))
  await bus.subscribe([channel], hear)
  const stopHearingUps = commands.onUp(() => void renew())
  let cancel = clock.after(renewEveryMs, renewAgain)

  return {
    crash: stop,

    async connect(userId, connectionId) {
      const before = howOf(userId)
      const connections = here.get(userId) ?? []
      if (connections.some(({ id }) => id === connectionId)) return
      here.set(userId, [...connections, { id: connectionId, isAway: false }])
      if (howOf(userId) !== before) await write(userId)
    },

    async disconnect(userId, connectionId) {
      const before = howOf(userId)
      const left = (here.get(userId) ?? []).filter(({ id }) => id !== connectionId)
      if (left.length > 0) here.set(userId, left)
      else here.delete(userId)
      if (howOf(userId) !== before) await write(userId)
    },

    async choose(userId, connectionId, status) {
      if (status === 'busy' || status === 'invisible') return write(userId, status)
      const connection = here.get(userId)?.find(({ id }) => id === connectionId)
      if (connection) connection.isAway = status === 'away'
      return write(userId, '')
    },

    async setConnection(userId, connectionId, status) {
      const before = howOf(userId)
      const connection = here.get(userId)?.find(({ id }) => id === connectionId)
      if (connection) connection.isAway = status === 'away'
      if (howOf(userId) !== before) await write(userId)
    },

    async look(userIds) {
      const answer = await ask(lookScript, () => userIds)
      if (!answer) return userIds.map((userId) => remembered.get(userId) ?? unseen(userId))
      const all = answer.map((text) => parseSeen(text.split(' ')))
      for (const seen of all) remember(seen)
      return all
    },

    onChange: (listener) => changes.add(listener),

    async [Symbol.asyncDispose]() {
      if (!closed && commands.isUpFor(base)) {
        try {
          await end(node)
        } catch (cause) {
          tell('redis: this node is not taken out of presence: its lease ends', cause)
        }
      }
      stop()
    },
  }
}

const newNode = () => randomToken().slice(0, 12)

const unseen = (userId: UserId): Seen => ({ userId, status: 'offline', lastSeenAt: null })

function parseSeen([id, status, lastSeenAt]: readonly (string | undefined)[]): Seen {
  return {
    userId: userIdSchema.parse(id),
    status: presenceStatus.parse(status),
    lastSeenAt: lastSeenAt ? Number(lastSeenAt) : null,
  }
}
