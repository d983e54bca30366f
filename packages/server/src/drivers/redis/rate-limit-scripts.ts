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

/** Failures and the end of the lock lie in one hash: \`at\`, times parted by spaces, and \`until\`. */
const lockout = `${luaNow}
  local untilAt = tonumber(redis.call('HGET', KEYS[1], 'until') or 0)
`

/** Arguments: failures, within, lock. Answers how long it is locked, and whether by this failure. */
export const strikeScript = createScript(`${lockout}
  local failures, within, lock = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
  if untilAt > now then return { math.ceil(untilAt - now), 0 } end
  local at = {}
  for time in string.gmatch(redis.call('HGET', KEYS[1], 'at') or '', '%S+') do
    if now - tonumber(time) <= within then at[#at + 1] = time end
  end
  at[#at + 1] = string.format('%.3f', now)
  redis.call('DEL', KEYS[1])
  if #at >= failures then
    redis.call('HSET', KEYS[1], 'until', string.format('%.3f', now + lock))
    redis.call('PEXPIRE', KEYS[1], lock + ${keptMs})
    return { lock, 1 }
  end
  redis.call('HSET', KEYS[1], 'at', table.concat(at, ' '))
  redis.call('PEXPIRE', KEYS[1], within + ${keptMs})
  return { 0, 0 }
`)

export const lockedScript = createScript(`${lockout}
  return math.ceil(math.max(0, untilAt - now))
`)

export const forgiveScript = createScript(`${lockout}
  if untilAt <= now then redis.call('DEL', KEYS[1]) end
  return 0
`)

export const rateLimitScripts = [
  ...[takeScript, giveBackScript, lookScript],
  ...[strikeScript, lockedScript, forgiveScript],
]
