import { decoded, type HostAndPort, namedPems, type Pems, parseHost, pemFiles } from './url-parts.ts'

/**
 * Where Kafka is, and what is kept there:
 *
 *     kafka://[user:password@]host[:9092],host,…[/topic]
 *     host:9092,host:9092                                   the same, with neither password nor topic
 *
 * `kafkas` instead of `kafka` for TLS; with it `?ca=`, `?cert=` and `?key=` name files of PEM. How the
 * password is shown: `?mechanism=scram-sha-512` (so unless said), `scram-sha-256` or `plain`. `?partitions=`
 * is how many a topic gets that isn't there yet.
 */
export interface KafkaAddress {
  /** At least one, of which any will do. */
  hosts: HostAndPort[]
  topic: string
  partitions: number
  sasl: { mechanism: SaslMechanism; username: string; password: string } | undefined
  tls: Pems | undefined
}

export type SaslMechanism = (typeof mechanisms)[number]
const mechanisms = ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'PLAIN'] as const

const form = /^kafka(s?):\/\/(?:([^@/]*)@)?([^/?@]+)(?:\/([^?]*))?(\?.*)?$/
const parameters = new Set<string>([...pemFiles, 'mechanism', 'partitions'])

/** Undefined for what is no such address. Touches no file. */
export function parseKafkaAddress(text: string): KafkaAddress | undefined {
  const found = form.exec(text.includes('://') ? text : `kafka://${text.replaceAll(' ', '')}`)
  if (!found) return undefined
  const [, secure, credentials, hostList = '', topic, query = ''] = found
  const hosts = hostList.split(',').map((host) => parseHost(host, 9_092))
  const given = new URLSearchParams(query)
  const [username = '', password = ''] = (credentials ?? '').split(/:(.*)/s).map(decoded)
  const word = (given.get('mechanism') ?? 'scram-sha-512').toUpperCase()
  const mechanism = mechanisms.find((known) => known === word)
  const partitions = Number(given.get('partitions') ?? 12)
  const tls = namedPems(given)
  const isWrong =
    [...given.keys()].some((name) => !parameters.has(name)) ||
    mechanism === undefined ||
    (credentials === undefined ? given.has('mechanism') : username === '' || password === '') ||
    !/^[\w.-]{1,200}$/.test(topic || 'confab') ||
    !(Number.isInteger(partitions) && partitions >= 1 && partitions <= 1_000) ||
    (Object.keys(tls).length > 0 && !secure)
  if (isWrong || !hosts.every((host) => host !== undefined)) return undefined
  return {
    hosts,
    topic: topic || 'confab',
    partitions,
    sasl: credentials === undefined ? undefined : { mechanism, username, password },
    tls: secure ? tls : undefined,
  }
}
