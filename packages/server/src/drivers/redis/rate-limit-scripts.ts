import { tryAgainMs, tryMsMax } from '../../ports/rate-limits.ts'
import { createScript, luaNow } from './script.ts'

/**
 * The buckets and lockouts of `drivers/memory`, as steps of the engine by its own time. A bucket is one
 * number, the time when it will be full again. The first argument is the present in a test, else empty.
 */

/** So long after it says nothing any more a key goes. */
const keptMs = 10_000

/**
 * What is missing of a bucket, in milliseconds; the arguments after the present: capacity, a token's time.
 */
const bucket = `${luaNow}
  local capacity, tokenMs, tokens = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  local missing = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or 0) - now, 0), capacity * tokenMs)
  local function keep(left)
    redis.call('SET', KEYS[1], string.format('%.6f', now + left), 'PX', math.ceil(left) + ${keptMs})
  end
`

/** Answers 0, or after how long there would be enough. */
export const takeScript = createScript(`${bucket}
  local over = missing + tokens * tokenMs - capacity * tokenMs
  -- Sums of odd intervals leave a rest of some microseconds, which must not refuse the last token.
  if over > 0.5 then return math.ceil(over) end
  keep(missing + tokens * tokenMs)
  return 0
`)

export const giveBackScript = createScript(`${bucket}
  local left = missing - tokens * tokenMs
  if left > 0 then keep(left) else redis.call('DEL', KEYS[1]) end
  return 0
`)

/** Answers what is missing. */
export const lookScript = createScript(`${bucket}
  return string.format('%.6f', missing)
`)

/**
 * The end of a lock, or failures and the tries under way, lie in one hash: `until`, or `at` and `begun`, times
 * parted by spaces. Arguments after the present: failures, within, lock.
 */
const lockout = `${luaNow}
  local failures, within, lock = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  local kept = redis.call('HMGET', KEYS[1], 'until', 'at', 'begun')
  local left = math.ceil(math.max(0, tonumber(kept[1] or 0) - now))
  local function since(times, age)
    local recent = {}
    for time in string.gmatch(times or '', '%S+') do
      if now - tonumber(time) <= age then recent[#recent + 1] = time end
    end
    return recent
  end
  local present = string.format('%.3f', now)
  local at, begun = since(kept[2], within), since(kept[3], ${tryMsMax})
  local function keep()
    redis.call('DEL', KEYS[1])
    if #at + #begun == 0 then return end
    redis.call('HSET', KEYS[1], 'at', table.concat(at, ' '), 'begun', table.concat(begun, ' '))
    redis.call('PEXPIRE', KEYS[1], (#at > 0 and math.max(within, ${tryMsMax}) or ${tryMsMax}) + ${keptMs})
  end
`

/** Answers 0, or after how long one may try. */
export const beginTryScript = createScript(`${lockout}
  if left > 0 then return left end
  if #at + #begun >= failures then return ${tryAgainMs} end
  begun[#begun + 1] = present
  keep()
  return 0
`)

/** Answers how long it is locked, and whether by this failure. */
export const strikeScript = createScript(`${lockout}
  if left > 0 then return { left, 0 } end
  table.remove(begun, 1)
  at[#at + 1] = present
  if #at < failures then
    keep()
    return { 0, 0 }
  end
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'until', string.format('%.3f', now + lock))
  redis.call('PEXPIRE', KEYS[1], lock + ${keptMs})
  return { lock, 1 }
`)

export const forgiveScript = createScript(`${lockout}
  if left > 0 then return 0 end
  table.remove(begun, 1)
  at = {}
  keep()
  return 0
`)

export const endTryScript = createScript(`${lockout}
  if left > 0 then return 0 end
  table.remove(begun, 1)
  keep()
  return 0
`)

export const rateLimitScripts = [
  ...[takeScript, giveBackScript, lookScript],
  ...[beginTryScript, strikeScript, forgiveScript, endTryScript],
]
