import { createScript, luaNow } from './script.ts'

/**
 * What the engine keeps of presence, below one key whose hash tag puts all of it on one shard:
 *
 *   :nodes       each node that lives, by its last sign of life
 *   :gone        each node that ended and still has users to be taken away, and when it ended
 *   :node:ID     the users who are there through a node
 *   :user:ID     by node how they are there ('online', 'away'), what they have chosen, when last seen
 *   :version     counts the changes of what others see
 *   :grace       until when nobody's lease ends
 *
 * Every script takes the key, and as its first arguments the present (in a test, else empty), the command
 * that publishes, and the node. What others see and has changed is told in the form of a bus frame, and
 * answered: `version user status lastSeenAt`, the last of them empty while seen.
 */
const common = `${luaNow}
  local base = KEYS[1]
  local publish, node = ARGV[2], ARGV[3]
  local told = {}

  local function find(id)
    local flat = redis.call('HGETALL', base .. ':user:' .. id)
    local user = { nodes = {}, chosen = '', seen = '' }
    for index = 1, #flat, 2 do
      if flat[index] == 'chosen' or flat[index] == 'seen' then user[flat[index]] = flat[index + 1]
      else user.nodes[flat[index]] = flat[index + 1] end
    end
    return user
  end

  local function statusOf(user)
    if next(user.nodes) == nil or user.chosen == 'invisible' then return 'offline' end
    if user.chosen == 'busy' then return 'busy' end
    for _, how in pairs(user.nodes) do
      if how == 'online' then return 'online' end
    end
    return 'away'
  end

  local function shown(id, user)
    local status = statusOf(user)
    return id .. ' ' .. status .. ' ' .. (status == 'offline' and user.seen or '')
  end

  local function keep(id, user)
    local key = base .. ':user:' .. id
    redis.call('DEL', key)
    for at, how in pairs(user.nodes) do redis.call('HSET', key, at, how) end
    if user.chosen ~= '' then redis.call('HSET', key, 'chosen', user.chosen) end
    if user.seen ~= '' then redis.call('HSET', key, 'seen', user.seen) end
    -- The store remembers longer when somebody was last seen.
    if next(user.nodes) == nil then redis.call('EXPIRE', key, 86400) end
  end

  local function tell(id, user)
    -- From the time on, in microseconds, so that it goes on growing after the engine was emptied.
    redis.call('SET', base .. ':version', string.format('%d', now * 1000), 'NX')
    local text = string.format('%d', redis.call('INCR', base .. ':version')) .. ' ' .. shown(id, user)
    redis.call(publish, base, 'presence 0 \\n' .. text)
    told[#told + 1] = text
  end

  -- An engine that counts less than a node has heard was put back to what it was before.
  local function isBehind(heard)
    local version, last = redis.call('GET', base .. ':version'), tonumber(heard)
    return version and last and tonumber(version) < last
  end

  -- How a user is there through a node: '' for not at all, '=' for as before; and what they chose, likewise.
  local function put(id, at, how, chosen, leftAt)
    local user = find(id)
    local before = statusOf(user)
    if chosen == 'invisible' and before ~= 'offline' then user.seen = string.format('%d', now) end
    if chosen ~= '=' then user.chosen = chosen end
    if how == '' and user.nodes[at] then
      user.nodes[at] = nil
      redis.call('SREM', base .. ':node:' .. at, id)
      -- Who was invisible left when they became so.
      if next(user.nodes) == nil and user.chosen ~= 'invisible' then
        user.seen = string.format('%d', tonumber(leftAt) or now)
      end
    elseif how ~= '' and how ~= '=' then
      user.nodes[at] = how
      redis.call('SADD', base .. ':node:' .. at, id)
    end
    keep(id, user)
    if statusOf(user) ~= before then tell(id, user) end
    return user
  end

  local left = 500
  -- Takes away who was there through a node that has ended; answers whether there are more.
  local function empty(at, leftAt)
    local users = redis.call('SPOP', base .. ':node:' .. at, left)
    left = left - #users
    for _, id in ipairs(users) do put(id, at, '', '=', leftAt) end
    if redis.call('SCARD', base .. ':node:' .. at) > 0 then return 1 end
    redis.call('HDEL', base .. ':gone', at)
    return 0
  end
`

/** Answers 0 to a node that isn't known, as after the engine was emptied: it has to begin. */
const known = `
  if not redis.call('ZSCORE', base .. ':nodes', node) then return 0 end
`

/**
 * Begins a node, or goes on: then the last version that it has heard, or 'restored'; then of each user how
 * they are there, and what the store says they chose. That holds where the engine knows nothing of them, or
 * what is old; else what it knows is as new, or newer. Answers what was told,
 * after whether what it knew is old.
 */
export const beginScript = createScript(`${common}
  local isRestored = ARGV[4] == 'restored' or isBehind(ARGV[4])
  redis.call('ZADD', base .. ':nodes', now, node)
  for index = 5, #ARGV, 3 do
    local known = not isRestored and redis.call('EXISTS', base .. ':user:' .. ARGV[index]) == 1
    put(ARGV[index], node, ARGV[index + 1], known and '=' or ARGV[index + 2], '')
  end
  table.insert(told, 1, isRestored and 'restored' or '')
  return told
`)

/** Then a user, how they are there, what they chose. Answers how others see them, and what was told. */
export const putScript = createScript(`${common}${known}
  local user = put(ARGV[4], node, ARGV[5], ARGV[6], '')
  return { shown(ARGV[4], user), told[1] or '' }
`)

/** Then ids. Answers how others see each. */
export const lookScript = createScript(`${common}${known}
  local seen = {}
  for index = 4, #ARGV do seen[#seen + 1] = shown(ARGV[index], find(ARGV[index])) end
  return seen
`)

/**
 * A sign of life; then how often one is given, how long it holds, and the last version that the node has
 * heard. Answers -1 where that was later than anything here: the node has to begin, and what is known is old.
 * Ends who gave none. Answers what was told, after whether there is more to end. Who was held up for long,
 * maybe by the engine, and then all were, lets everybody give a sign of life first.
 */
export const renewScript = createScript(`${common}${known}
  if isBehind(ARGV[6]) then return -1 end
  local every, lease = tonumber(ARGV[4]), tonumber(ARGV[5])
  local before = tonumber(redis.call('ZSCORE', base .. ':nodes', node))
  redis.call('ZADD', base .. ':nodes', now, node)
  if now - before > 2 * every then
    redis.call('SET', base .. ':grace', string.format('%d', now + 2 * every))
  end
  if now < tonumber(redis.call('GET', base .. ':grace') or 0) then return { '0' } end
  for _, gone in ipairs(redis.call('ZRANGEBYSCORE', base .. ':nodes', '-inf', now - lease)) do
    redis.call('HSET', base .. ':gone', gone, redis.call('ZSCORE', base .. ':nodes', gone))
    redis.call('ZREM', base .. ':nodes', gone)
  end
  local more = 0
  local ended = redis.call('HGETALL', base .. ':gone')
  for index = 1, #ended, 2 do more = math.max(more, empty(ended[index], ended[index + 1])) end
  table.insert(told, 1, tostring(more))
  return told
`)

/** Ends the node itself. Answers as a sign of life does. */
export const endScript = createScript(`${common}
  redis.call('ZREM', base .. ':nodes', node)
  redis.call('HSET', base .. ':gone', node, now)
  table.insert(told, 1, tostring(empty(node, now)))
  return told
`)

export const presenceScripts = [beginScript, putScript, lookScript, renewScript, endScript]
