import {
  decoded,
  type HostAndPort,
  namedPems,
  type Pems,
  parseHost,
  pemFiles,
  readPems,
} from './url-parts.ts'

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
  tls: Pems | undefined
}

export type RedisHost = HostAndPort

const form = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?@]+)(\/[^?]*)?(\?.*)?$/
const parameters = new Set<string>([...pemFiles, 'sentinelUsername', 'sentinelPassword', 'prefix'])

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
  const tls = namedPems(given)
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
export const readTls = (tls: RedisAddress['tls']): RedisAddress['tls'] => tls && readPems('REDIS_URL', tls)
