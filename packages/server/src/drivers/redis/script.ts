import type { Redis } from 'ioredis'

/** A program that the engine runs as one step. */
export interface Script {
  lua: string
  sha: string
}

/**
 * Every script begins with it: the present, by the engine's clock,
 * or the first argument where a test gives one.
 */
export const luaNow = `
  local now = tonumber(ARGV[1])
  if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
  end
`

export interface ScriptWords {
  /** One at least, and all on one server of a cluster. */
  keys: readonly [string, ...string[]]
  args: readonly (string | number)[]
}

export const createScript = (lua: string): Script => ({
  lua,
  sha: new Bun.CryptoHasher('sha1').update(lua).digest('hex'),
})

export const loadScripts = (client: Redis, scripts: readonly Script[]): Promise<unknown> =>
  Promise.all(scripts.map(({ lua }) => client.script('LOAD', lua)))

/** One round trip; a second one where the engine has forgotten the script. */
export async function runScript(
  client: Redis,
  { lua, sha }: Script,
  { keys, args }: ScriptWords,
  /** Asks for what is just being handed over to this server. */
  isAsking = false,
): Promise<unknown> {
  // Holds for the next command on the connection; what hinders it is told by that.
  const ask = () => isAsking && client.asking().catch(() => undefined)
  try {
    void ask()
    return await client.evalsha(sha, keys.length, ...keys, ...args)
  } catch (cause) {
    if (!(cause instanceof Error && cause.message.startsWith('NOSCRIPT'))) throw cause
    void ask()
    return client.eval(lua, keys.length, ...keys, ...args)
  }
}
