import { z } from 'zod'
import { assert } from '../../lib/assert.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Grant, Lockout, RateLimits } from '../../ports/rate-limits.ts'
import { openMemoryRateLimits, standing, tokenMs } from '../memory/rate-limits.ts'
import {
  beginTryScript,
  endTryScript,
  forgiveScript,
  giveBackScript,
  lookScript,
  strikeScript,
  takeScript,
} from './rate-limit-scripts.ts'
import type { RedisEngine } from './redis.ts'
import type { Script } from './script.ts'
import { tellSeldom } from './tell-seldom.ts'

const ms = z.coerce.number()
const strike = z.tuple([z.number(), z.literal([0, 1])])

/** Of a script that answers 0, or after how long to ask again. */
function grantOf(answer: unknown): Grant {
  const retryAfterMs = ms.parse(answer)
  return retryAfterMs === 0 ? { granted: true } : { granted: false, retryAfterMs }
}

const wordsOf = ({ failures, withinMs, lockMs }: Lockout) => [failures, withinMs, lockMs]

/**
 * Buckets and lockouts that all nodes share, each a step of the engine by its own time. While it is down each
 * node counts for itself: then as many times as much is granted as there are nodes, and a lock that has begun
 * elsewhere is not known. What an engine doesn't answer within half a second, or refuses, is counted here.
 */
export function openRedisRateLimits(
  { address, commands, clock, report }: RedisEngine,
  { key: hashKey, now }: { key: Uint8Array; now?: Clock['now'] },
): RateLimits {
  const tell = tellSeldom({ report, clock })
  const local = openMemoryRateLimits({ clock: now ? { ...clock, now } : clock })

  /**
   * A keyed hash: who looks into the engine can't so much as try mail addresses. All nodes have the same key.
   */
  const keyOf = (what: 'limit' | 'lock', key: string) =>
    `${address.prefix}:${what}:${new Bun.CryptoHasher('sha256', hashKey).update(key).digest('base64url')}`

  /** That the engine is down is told by its connection; that it is full, or read-only, here. */
  function tellRefusal(cause: unknown) {
    if (cause instanceof Error && cause.name === 'ReplyError')
      tell('redis: limits are counted by each node for itself', cause)
  }

  /** Undefined where the engine doesn't answer. */
  async function run(script: Script, key: string, args: readonly number[]): Promise<unknown> {
    if (!commands.isUpFor(key)) return undefined
    try {
      return await commands.run(script, { keys: [key], args: [now?.() ?? '', ...args] })
    } catch (cause) {
      tellRefusal(cause)
      return undefined
    }
  }

  return {
    async take(key, bucket, tokens = 1) {
      assert(tokens <= bucket.capacity, `${key}: ${tokens} tokens of a bucket that holds ${bucket.capacity}`)
      const answer = await run(takeScript, keyOf('limit', key), [bucket.capacity, tokenMs(bucket), tokens])
      return answer === undefined ? local.take(key, bucket, tokens) : grantOf(answer)
    },

    async giveBack(key, bucket, tokens = 1) {
      const answer = await run(giveBackScript, keyOf('limit', key), [
        bucket.capacity,
        tokenMs(bucket),
        tokens,
      ])
      if (answer === undefined) await local.giveBack(key, bucket, tokens)
    },

    async look(key, bucket) {
      const answer = await run(lookScript, keyOf('limit', key), [bucket.capacity, tokenMs(bucket), 0])
      if (answer === undefined) return local.look(key, bucket)
      return standing(bucket, ms.parse(answer))
    },

    async beginTry(key, lockout) {
      const answer = await run(beginTryScript, keyOf('lock', key), wordsOf(lockout))
      return answer === undefined ? local.beginTry(key, lockout) : grantOf(answer)
    },

    async strike(key, lockout) {
      const answer = await run(strikeScript, keyOf('lock', key), wordsOf(lockout))
      if (answer === undefined) return local.strike(key, lockout)
      const [lockedMs, began] = strike.parse(answer)
      return lockedMs === 0 ? { locked: false } : { locked: true, began: began === 1, lockedMs }
    },

    async forgive(key, lockout) {
      const answer = await run(forgiveScript, keyOf('lock', key), wordsOf(lockout))
      if (answer === undefined) await local.forgive(key, lockout)
    },

    async endTry(key, lockout) {
      const answer = await run(endTryScript, keyOf('lock', key), wordsOf(lockout))
      if (answer === undefined) await local.endTry(key, lockout)
    },

    [Symbol.asyncDispose]: () => local[Symbol.asyncDispose](),
  }
}
