import { z } from 'zod'
import { hostsOf } from '../lib/database-hosts.ts'
import { parseIpNetworks } from '../lib/ip-networks.ts'
import { parseKafkaAddress } from '../lib/kafka-address.ts'
import { parseRedisUrl } from '../lib/redis-url.ts'
import { list, parsedBy } from './words.ts'

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username === '' &&
    url.pathname === '/' &&
    url.search + url.hash === ''
  )
}

export const origin = z
  .string()
  .refine(isOrigin, 'must be an address like https://chat.example.org, without a path')
  .transform((text) => new URL(text).origin)

export const origins = z
  .string()
  .transform(list)
  .refine((all) => all.every(isOrigin), 'must be addresses like https://chat.example.org, parted by commas')
  .transform((all) => all.map((text) => new URL(text).origin))

export const ipNetworks = parsedBy(
  (text) => parseIpNetworks(list(text)),
  'must be addresses, blocks like 10.0.0.0/8, loopback or private, parted by commas',
)

export const smtpUrl = z.string().refine((text) => {
  const url = URL.parse(text)
  return url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== '' && /^\/?$/.test(url.pathname)
}, 'must be an address like smtp://user:password@mail.example.org:587, or smtps://…')

/** An address alone, or a name before it in angle brackets (RFC 5322, its plain half). */
const sender = /^(?:[^<>"\r\n]{0,100}<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/
export const mailFrom = z.string().regex(sender, 'must be an address like Confab <chat@example.org>')

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']
function isDatabase(text: string): boolean {
  const url = URL.parse(text)
  const words = url?.searchParams
  return (
    url !== null &&
    /^postgres(?:ql)?:$/.test(url.protocol) &&
    url.hostname !== '' &&
    url.pathname.length > 1 &&
    sslModes.includes(words?.get('sslmode') ?? 'prefer') &&
    // Nothing else would do: it is looked for in any case.
    ['read-write', 'primary'].includes(words?.get('target_session_attrs') ?? 'primary')
  )
}
function isOneOrMoreHosts(text: string): boolean {
  const hosts = hostsOf(text)
  return hosts.length > 0 && hosts.every(isDatabase)
}
export const databaseUrls = z
  .string()
  .transform(list)
  .refine((all) => all.every(isDatabase), 'must be addresses like that of DATABASE_URL, parted by commas')
export const databaseUrl = z
  .string()
  .refine(
    isOneOrMoreHosts,
    'must be an address like postgres://user:password@db.example.org:5432/confab?sslmode=verify-full',
  )

const isAmqp = (text: string) => {
  const url = URL.parse(text)
  return (
    url !== null &&
    /^amqps?:$/.test(url.protocol) &&
    url.hostname !== '' &&
    ['plain', 'external'].includes(url.searchParams.get('auth_mechanism') ?? 'plain')
  )
}
export const amqpUrls = z
  .string()
  .transform(list)
  .refine(
    (all) => all.every(isAmqp),
    'must be addresses like amqps://user:password@mq.example.org:5671/vhost, parted by commas',
  )

export const redisUrl = z
  .string()
  .refine(
    (text) => parseRedisUrl(text) !== undefined,
    'must be an address like redis://user:password@cache.example.org:6379, rediss://…, redis+sentinel://one,two/master or redis+cluster://one,two',
  )

export const kafkaBrokers = parsedBy(
  (text) => parseKafkaAddress(text.trim()),
  'must be brokers like one:9092,two:9092, or kafkas://user:password@one:9093,two:9093/topic?mechanism=scram-sha-512',
)
