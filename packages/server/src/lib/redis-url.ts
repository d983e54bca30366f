import { readFileSync } from 'node:fs'

/**
 * Where Redis is, as one address:
 *
 *     redis://[user:password@]host[:6379][/database]
 *     redis+sentinel://[user:password@]host[:26379],host,…/master[/database]
 *     redis+cluster://[user:password@]host[:6379],host,…
 *
 * `rediss` instead of `redis` for TLS; with it `?ca=`, `?cert=` and `?key=` name files of PEM. Sentinels that
 * want a password of their own have `?sentinelPassword=` and `?sentinelUsername=`. `?prefix=` tells apart
 * installations that share a Redis.
 */
export interface RedisAddress {
  kind: 'single' | 'sentinel' | 'cluster'
  /** At least one. Of a cluster any of its servers, which name the others. */
  hosts: RedisHost[]
  /** What the sentinels call the server that is written to. */
  master: string | undefined
  database: number
  username: string | undefined
  password: string | undefined
  sentinelUsername: string | undefined
  sentinelPassword: string | undefined
  /** What every key and channel begins with. */
  prefix: string
  tls: { ca?: string; cert?: string; key?: string } | undefined
}

export interface RedisHost {
  host: string
  port: number
}

const form = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?@]+)(\/[^?]*)?(\?.*)?$/
const files = ['ca', 'cert', 'key'] as const
const parameters = new Set<string>([...files, 'sentinelUsername', 'sentinelPassword', 'prefix'])

/** Undefined for what is no such address. Touches no file. */
export function parseRedisUrl(text: string): RedisAddress | undefined {
  const found = form.exec(text)
  if (!found) return undefined
  const [, secure, kindWord, credentials = '', hostList = '', path = '', query = ''] = found
  const kind = kindWord === 'sentinel' || kindWord === 'cluster' ? kindWord : 'single'
  const [username, password] = credentials.split(/:(.*)/s).map(decoded)
  const [first = '', second = '', ...rest] = path.split('/').slice(1)
  const master = kind === 'sentinel' ? decoded(first) : undefined
  const database = kind === 'sentinel' ? second : first
  const hosts = hostList.split(',').map((host) => parseHost(host, kind === 'sentinel' ? 26_379 : 6_379))
  const given = new URLSearchParams(query)
  const tls = Object.fromEntries(files.flatMap((name) => (given.has(name) ? [[name, given.get(name)]] : [])))
  const isWrong =
    rest.length > 0 ||
    (kind === 'single' && (hosts.length > 1 || second !== '')) ||
    // A cluster has one database.
    (kind === 'cluster' && first !== '') ||
    (kind === 'sentinel' && master === '') ||
    !/^\d{0,4}$/.test(database) ||
    [...given.keys()].some((name) => !parameters.has(name)) ||
    !/^[\w.-]{1,100}$/.test(given.get('prefix') ?? 'confab') ||
    (Object.keys(tls).length > 0 && !secure)
  if (isWrong || !hosts.every((host) => host !== undefined)) return undefined
  return {
    ...{ kind, hosts, master, database: Number(database) },
    username: username || undefined,
    password: password || undefined,
    sentinelUsername: given.get('sentinelUsername') ?? undefined,
    sentinelPassword: given.get('sentinelPassword') ?? undefined,
    prefix: given.get('prefix') ?? 'confab',
    tls: secure ? tls : undefined,
  }
}

/** The files that the address names, read. */
export const readTls = (tls: RedisAddress['tls']): RedisAddress['tls'] =>
  tls && Object.fromEntries(Object.entries(tls).map(([name, file]) => [name, readPem(name, file)]))

class UnreadableCertificate extends Error {
  readonly exitStatus = 78
}

function readPem(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UnreadableCertificate(`REDIS_URL: ${name} can't be read: ${reason}`, { cause })
  }
}

function parseHost(text: string, usualPort: number): { host: string; port: number } | undefined {
  const [, six, name, port] = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = six ?? name
  const number = port === undefined ? usualPort : Number(port)
  return host !== undefined && number > 0 && number < 65_536 ? { host, port: number } : undefined
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
