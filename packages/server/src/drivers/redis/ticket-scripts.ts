import { createScript, luaNow } from './script.ts'

/**
 * A ticket is kept under its hash, and a person's in a set by their end. Keys: all that is of tickets begins
 * with the first. Arguments: the present in a test, else empty; the hash; then what each needs.
 */
const common = `${luaNow}
  local base = KEYS[1]
  local key = base .. ':' .. ARGV[2]
  local function ownOf(user) return base .. ':of:' .. user end
`

/** Then the user, the session as JSON, for how long, and how many one may have. Answers its end. */
export const issueScript = createScript(`${common}
  local own, good = ownOf(ARGV[3]), tonumber(ARGV[5])
  redis.call('HSET', key, 'user', ARGV[3], 'session', ARGV[4], 'ends', string.format('%d', now + good))
  redis.call('PEXPIRE', key, good)
  redis.call('ZREMRANGEBYSCORE', own, '-inf', string.format('%d', now * 1000))
  -- Of those of one millisecond the earlier first.
  redis.call('ZADD', own, string.format('%d', (now + good) * 1000 + redis.call('ZCARD', own)), ARGV[2])
  redis.call('PEXPIRE', own, good)
  for _ = 1, redis.call('ZCARD', own) - tonumber(ARGV[6]) do
    redis.call('DEL', base .. ':' .. redis.call('ZPOPMIN', own)[1])
  end
  return string.format('%d', now + good)
`)

/** Answers the session, or an empty text. */
export const redeemScript = createScript(`${common}
  local found = redis.call('HMGET', key, 'user', 'session', 'ends')
  if not found[1] then return '' end
  redis.call('DEL', key)
  redis.call('ZREM', ownOf(found[1]), ARGV[2])
  if tonumber(found[3]) <= now then return '' end
  return found[2]
`)

export const ticketScripts = [issueScript, redeemScript]
