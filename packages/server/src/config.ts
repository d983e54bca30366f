import { resolve } from 'node:path'
import {
  type AccountSettings,
  accountSettings,
  signInWays,
  signUpRules,
} from '@confab/protocol/account-settings'
import { uuidPattern } from '@confab/protocol/ids'
import { type Limits, limits as limitsSchema } from '@confab/protocol/limits'
import {
  defaultRates,
  isRateName,
  type Rate,
  type RateName,
  type Rates,
  rateNames,
} from '@confab/protocol/rates'
import { z } from 'zod'
import { hostsOf } from './lib/database-hosts.ts'
import { type IpNetworks, parseIpNetworks } from './lib/ip-networks.ts'
import { type KafkaAddress, parseKafkaAddress } from './lib/kafka-address.ts'
import { isLoopbackUrl } from './lib/loopback.ts'
import { parseRedisUrl } from './lib/redis-url.ts'
import { parseSealingKeys, type SealingKey } from './lib/sealing-keys.ts'

/** What this process does, of all that a server does. */
export const serverRoles = ['accounts', 'chat', 'gateway', 'worker', 'mail'] as const
export type ServerRole = (typeof serverRoles)[number]

/** The settings, parsed: nobody reads the environment after this. */
export interface Config {
  host: string
  /** 0 takes any free port. */
  port: number
  /** How many share the port; `auto` is one a core, or one where several can't. */
  processes: number | 'auto'
  /** Absolute. */
  dataDir: string
  /** An origin; undefined means `http://localhost` with the port that is really listened on. */
  publicUrl: string | undefined
  corsOrigins: string[]
  /** Whose word of where a request came from is taken. */
  trustedProxies: IpNetworks
  /** Undefined: kept in the data folder, made there at the first start. */
  secret: string | undefined
  /** For what people say and their files; the first one writes. None: they are kept in the clear. */
  encryptionKeys: SealingKey[]
  roles: ReadonlySet<ServerRole>
  /** Serves invented people, begun anew at each start, as whom anybody at this machine signs in. */
  demo: boolean
  rateLimits: boolean
  rates: Rates
  /** By how much the limits of some are larger. */
  rateTiers: { administrators: number; members: number; users: ReadonlyMap<string, number> }
  /** So many failed sign-ins within a time lock for another. */
  lockout: { failures: number; withinMs: number; lockMs: number }
  /** How often a connection is pinged; who isn't heard for twice as long is gone. */
  heartbeatMs: number
  /** After so long one signs in anew, however often one was there. */
  longestSessionMs: number
  /** Undefined: mail goes to the preview inbox. `from` is undefined for `no-reply` at the public address. */
  smtp: { url: string; from: string | undefined } | undefined
  /** Undefined: SQLite in the data folder. */
  postgres:
    | {
        url: string
        connections: number
        /** Of read replicas, for pages of history. */
        replicaUrls: string[]
        /** Whether a server without a synchronous standby is refused. */
        requiresStandby: boolean
      }
    | undefined
  /** Of one RabbitMQ, or of several of one cluster. Undefined: the database hands out the jobs. */
  amqpUrls: string[] | undefined
  /** Where the log of all conversations is kept for others too; undefined: the database is it. */
  kafka: KafkaAddress | undefined
  /** Over which nodes meet; undefined where there is one. */
  redisUrl: string | undefined
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  limits: Limits
  /** Which doors are open as long as no administrator has set it. */
  accounts: AccountSettings
  oidcProviders: OidcProvider[]
}

/** A provider of OpenID Connect, found by discovery below its issuer. */
export type OidcProvider = z.infer<typeof oidcProvider>

/** Settings that can't be served with: one line each, beginning with the variable's name. */
export class WrongSettings extends Error {
  override readonly name = 'WrongSettings'
  readonly lines: string[]
  /** EX_CONFIG of sysexits.h. */
  readonly exitStatus = 78

  constructor(lines: string[]) {
    super(lines.join('\n'))
    this.lines = lines
  }
}

/** An empty variable counts as one that isn't set: that is how compose files leave them out. */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()))
  const parsed = settings
    .superRefine(keepDemoToThisMachine)
    .superRefine(shareSecret)
    .superRefine(shareEngines)
    .superRefine(standBeside)
    .safeParse(given)
  if (!parsed.success) throw new WrongSettings(linesOf(parsed.error, given))
  const { data } = parsed
  return {
    host: data.HOST,
    port: data.PORT,
    processes: data.PROCESSES,
    // The demo has a folder of its own, so that it never meets anybody's data.
    dataDir: resolve(data.DATA_DIR, data.DEMO === 'on' ? 'demo' : ''),
    publicUrl: data.PUBLIC_URL,
    corsOrigins: data.CORS_ORIGINS,
    trustedProxies: data.TRUSTED_PROXIES,
    secret: data.SECRET,
    encryptionKeys: data.ENCRYPTION_KEYS,
    roles: new Set(data.ROLES),
    demo: data.DEMO === 'on',
    rateLimits: data.RATE_LIMITS === 'on',
    rates: ratesOf(data),
    rateTiers: data.RATE_TIERS,
    lockout: data.LOCKOUT,
    heartbeatMs: data.HEARTBEAT_SECONDS * 1_000,
    longestSessionMs: data.SESSION_DAYS_MAX * 86_400_000,
    smtp: data.SMTP_URL === undefined ? undefined : { url: data.SMTP_URL, from: data.MAIL_FROM },
    postgres:
      data.DATABASE_URL === undefined
        ? undefined
        : {
            url: data.DATABASE_URL,
            connections: data.DATABASE_CONNECTIONS,
            replicaUrls: data.DATABASE_REPLICA_URLS,
            requiresStandby: data.DATABASE_STANDBY === 'required',
          },
    amqpUrls: data.AMQP_URL,
    kafka: data.KAFKA_BROKERS,
    redisUrl: data.REDIS_URL,
    logLevel: data.LOG_LEVEL,
    limits: limitsSchema.parse({
      textCodePoints: data.TEXT_MAX,
      nameCodePoints: data.NAME_MAX,
      topicCodePoints: data.TOPIC_MAX,
      bioCodePoints: data.BIO_MAX,
      attachments: data.ATTACHMENTS_MAX,
      uploadBytes: data.UPLOAD_BYTES_MAX,
      messagesPerMinute: data.MESSAGES_PER_MINUTE,
      reactionsPerMinute: data.REACTIONS_PER_MINUTE,
      membersPerCall: data.MEMBERS_PER_CALL_MAX,
      watchedUsers: data.WATCHED_USERS_MAX,
      receiptMembers: data.RECEIPT_MEMBERS_MAX,
    }),
    accounts: { signIn: data.SIGN_IN, ...data.SIGN_UP, secondFactor: 'optional' },
    oidcProviders: data.OIDC_PROVIDERS,
  }
}

/** What links begin with, once it is known which port is listened on. */
export const publicUrlOf = ({ publicUrl }: Config, port: number): string =>
  publicUrl ?? `http://localhost:${port}`

/** Who may call with a cookie and connect: the page's own origin and `CORS_ORIGINS`. */
export const originsOf = (config: Config, port: number): string[] => [
  publicUrlOf(config, port),
  ...(config.publicUrl ? [] : [`http://127.0.0.1:${port}`]),
  ...config.corsOrigins,
]

const wholeNumber = (from: number, to: number) => {
  const message = `must be a whole number from ${from} to ${to}`
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((number) => number >= from && number <= to, message)
}

const processes = z
  .string()
  .regex(/^(?:auto|[1-9]\d?)$/, 'must be auto or a whole number from 1 to 99')
  .transform((text): number | 'auto' => (text === 'auto' ? text : Number(text)))

const oneOf = <const Word extends string>(...words: Word[]) =>
  z.enum(words, `must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`)

const list = (text: string) => text.split(',').map((part) => part.trim())

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

const anOrigin = 'must be an address like https://chat.example.org, without a path'
const origin = z
  .string()
  .refine(isOrigin, anOrigin)
  .transform((text) => new URL(text).origin)

const origins = z
  .string()
  .transform(list)
  .refine((all) => all.every(isOrigin), 'must be addresses like https://chat.example.org, parted by commas')
  .transform((all) => all.map((text) => new URL(text).origin))

const ipNetworks = z.string().transform((text, context) => {
  const networks = parseIpNetworks(list(text))
  if (networks) return networks
  context.addIssue('must be addresses, blocks like 10.0.0.0/8, loopback or private, parted by commas')
  return z.NEVER
})

const smtpUrl = z.string().refine((text) => {
  const url = URL.parse(text)
  return url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== '' && /^\/?$/.test(url.pathname)
}, 'must be an address like smtp://user:password@mail.example.org:587, or smtps://…')

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
const databaseUrls = z
  .string()
  .transform(list)
  .refine((all) => all.every(isDatabase), 'must be addresses like that of DATABASE_URL, parted by commas')
const databaseUrl = z
  .string()
  .refine(
    isOneOrMoreHosts,
    'must be an address like postgres://user:password@db.example.org:5432/confab?sslmode=verify-full',
  )

const isAmqp = (text: string) => {
  const url = URL.parse(text)
  return url !== null && /^amqps?:$/.test(url.protocol) && url.hostname !== ''
}
const amqpUrls = z
  .string()
  .transform(list)
  .refine(
    (all) => all.every(isAmqp),
    'must be addresses like amqps://user:password@mq.example.org:5671/vhost, parted by commas',
  )

const redisUrl = z
  .string()
  .refine(
    (text) => parseRedisUrl(text) !== undefined,
    'must be an address like redis://user:password@cache.example.org:6379, rediss://…, redis+sentinel://one,two/master or redis+cluster://one,two',
  )

const kafkaBrokers = z.string().transform((text, context) => {
  const address = parseKafkaAddress(text.trim())
  if (address) return address
  context.addIssue(
    'must be brokers like one:9092,two:9092, or kafkas://user:password@one:9093,two:9093/topic?mechanism=scram-sha-512',
  )
  return z.NEVER
})

/** An address alone, or a name before it in angle brackets (RFC 5322, its plain half). */
const mailFrom = /^(?:[^<>"\r\n]{0,100}<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/

const isRole = (word: string): word is ServerRole => serverRoles.some((role) => role === word)
const roles = z
  .string()
  .transform((text) => list(text).map((word) => (isRole(word) ? word : undefined)))
  .refine(
    (all) => all.every((role) => role !== undefined),
    `must be words of ${serverRoles.join(', ')}, parted by commas`,
  )
  .transform((all) => all.filter((role) => role !== undefined))

const words = <const Word extends string>(known: readonly Word[]) => {
  const message = `must be words of ${known.join(', ')}, parted by commas`
  return z
    .string()
    .refine((text) => list(text).every((part) => known.some((word) => word === part)), message)
    .transform((text) => known.filter((word) => list(text).includes(word)))
}

const anyoneOf = `must be ${signUpRules.filter((rule) => rule !== 'domains').join(', ')} or domains:example.org,example.com`
const signUp = z
  .string()
  .transform((text) => {
    const [rule = '', domains] = text.trim().split(/:(.*)/s)
    return { signUp: rule, domains: domains === undefined ? [] : list(domains) }
  })
  .pipe(accountSettings.pick({ signUp: true, domains: true }).catch({ signUp: 'domains', domains: [] }))
  .refine((set) => (set.signUp === 'domains') === set.domains.length > 0, anyoneOf)

const aRate = `must be limits like search=60 or reads=1200:600 (a minute, and at once), parted by commas`
const rateWord = /^([a-z-]+)=(\d{1,7}(?:\.\d{1,3})?)(?::(\d{1,7}))?$/

/** `search=60, reads=1200:600`: so many a minute, and so many at once; as many as a minute's unless said. */
const rates = z.string().transform((text, context) => {
  const set: Partial<Record<RateName, { burst: number; perMinute: number }>> = {}
  for (const word of list(text)) {
    const [, name = '', perMinute = '', burst] = rateWord.exec(word) ?? []
    const rate = { perMinute: Number(perMinute), burst: burst === undefined ? Math.ceil(+perMinute) : +burst }
    const wrong = whyNoRate(name, rate)
    if (wrong !== undefined) {
      context.addIssue(wrong)
      return z.NEVER
    }
    if (isRateName(name)) set[name] = rate
  }
  return set
})

function whyNoRate(name: string, { perMinute, burst }: { perMinute: number; burst: number }) {
  if (name === 'messages' || name === 'reactions')
    return `has no ${name}: set ${name.toUpperCase()}_PER_MINUTE`
  if (name === '' || !(perMinute > 0) || burst < 1) return aRate
  return isRateName(name) ? undefined : `knows ${Object.keys(defaultRates).join(', ')}`
}

function ratesOf({
  RATES: set,
  MESSAGES_PER_MINUTE: messages,
  REACTIONS_PER_MINUTE: reactions,
}: z.infer<typeof settings>): Rates {
  const rateOf = (name: RateName): [RateName, Rate] => [name, { ...defaultRates[name], ...set[name] }]
  const all = Object.fromEntries(rateNames.map(rateOf)) as Record<RateName, Rate>
  const evenly = (perMinute: number) => ({ scope: 'user', perMinute, burst: perMinute }) as const
  return {
    ...all,
    ...(messages !== undefined && { messages: evenly(messages) }),
    ...(reactions !== undefined && { reactions: evenly(reactions) }),
  }
}

const aTierList =
  'must be multiples like administrators=5, members=1, or a user’s id=20, from 1 to 1000, parted by commas'
/** `administrators=5, 0193…=20`: how many times as much they may do. */
const rateTiers = z.string().transform((text, context) => {
  const tiers = { administrators: 1, members: 1, users: new Map<string, number>() }
  for (const word of list(text)) {
    const [, who = '', times] = /^([\w-]+)=(\d{1,4})$/.exec(word) ?? []
    const isGood = Number(times) >= 1 && Number(times) <= 1_000
    if (isGood && (who === 'administrators' || who === 'members')) tiers[who] = Number(times)
    else if (isGood && uuidPattern.test(who)) tiers.users.set(who, Number(times))
    else {
      context.addIssue(aTierList)
      return z.NEVER
    }
  }
  return tiers
})

const aLockout =
  'must be failures/minutes/minutes like 5/15/30: so many failures within a time lock for another (1 to 100, 1 to 1440)'
const lockout = z.string().transform((text, context) => {
  const [, failures = 0, within = 0, lock = 0] = (
    /^(\d{1,3})\/(\d{1,4})\/(\d{1,4})$/.exec(text.trim()) ?? []
  ).map(Number)
  const isGood =
    failures >= 1 && failures <= 100 && [within, lock].every((time) => time >= 1 && time <= 1_440)
  if (!isGood) {
    context.addIssue(aLockout)
    return z.NEVER
  }
  return { failures, withinMs: within * 60_000, lockMs: lock * 60_000 }
})

const sealingKeys = z.string().transform((text, context) => {
  const keys = parseSealingKeys(text)
  if (keys) return keys
  context.addIssue(
    'must be keys like 2026:BASE64, parted by commas: names of 1 to 32 of a-z, 0-9 and -, no two alike, each with 32 bytes',
  )
  return z.NEVER
})

const oidcProvider = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 of a-z, 0-9 and -'),
  name: z.string().min(1).max(100),
  issuer: z.url({ protocol: /^https?$/ }),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1).optional(),
  scopes: z.array(z.string().min(1)).default(['openid', 'email', 'profile']),
  domains: accountSettings.shape.domains.optional(),
})

const aProviderList =
  'must be a JSON list like [{"id":"acme","name":"Acme","issuer":"https://id.acme.org","clientId":"…","clientSecret":"…"}]'
const oidcProviders = z.string().transform((text, context) => {
  const parsed = z.array(oidcProvider).safeParse(parseJson(text))
  if (parsed.success && new Set(parsed.data.map(({ id }) => id)).size === parsed.data.length)
    return parsed.data
  const [issue] = parsed.error?.issues ?? []
  const at = issue?.path.join('.')
  const what = at ? `${at}: ${issue?.message}` : 'it is none'
  const where = issue ? what : 'two have the same id'
  context.addIssue({ code: 'custom', message: `${aProviderList} (${where})` })
  return z.NEVER
})

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const notYet = 'is not supported by this version yet'
/** Refused, not ignored: who sets it counts on it. */
const later = z.never(`${notYet}: leave it out`).optional()
const isLater = (message: string) => message.startsWith(notYet)

const settings = z.object({
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, 'must be an address or a host name')
    .default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(8080),
  PROCESSES: processes.default(1),
  DATA_DIR: z.string().default('data'),
  PUBLIC_URL: origin.optional(),
  CORS_ORIGINS: origins.default([]),
  TRUSTED_PROXIES: ipNetworks.prefault('loopback'),
  SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  ENCRYPTION_KEYS: sealingKeys.default([]),
  ROLES: roles.default([...serverRoles]),
  RATE_LIMITS: oneOf('on', 'off').default('on'),
  RATES: rates.default({}),
  RATE_TIERS: rateTiers.prefault('members=1'),
  LOCKOUT: lockout.prefault('5/15/30'),
  HEARTBEAT_SECONDS: wholeNumber(1, 15).default(15),
  SESSION_DAYS_MAX: wholeNumber(1, 3_650).default(30),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_CONNECTIONS: wholeNumber(2, 1_000).default(10),
  DATABASE_REPLICA_URLS: databaseUrls.default([]),
  DATABASE_STANDBY: oneOf('optional', 'required').default('optional'),
  AMQP_URL: amqpUrls.optional(),
  KAFKA_BROKERS: kafkaBrokers.optional(),
  REDIS_URL: redisUrl.optional(),
  SMTP_URL: smtpUrl.optional(),
  MAIL_FROM: z.string().regex(mailFrom, 'must be an address like Confab <chat@example.org>').optional(),
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info'),
  SIGN_IN: words(signInWays).default([...signInWays]),
  SIGN_UP: signUp.default({ signUp: 'open', domains: [] }),
  OIDC_PROVIDERS: oidcProviders.default([]),

  // A text's frame must stay under 1 MiB, escaped and with 4 bytes a code point.
  TEXT_MAX: wholeNumber(1, 50_000).optional(),
  NAME_MAX: wholeNumber(1, 1_000).optional(),
  TOPIC_MAX: wholeNumber(1, 10_000).optional(),
  BIO_MAX: wholeNumber(1, 10_000).optional(),
  ATTACHMENTS_MAX: wholeNumber(1, 100).optional(),
  UPLOAD_BYTES_MAX: wholeNumber(1, 1024 ** 3).optional(),
  MESSAGES_PER_MINUTE: wholeNumber(1, 1_000_000).optional(),
  REACTIONS_PER_MINUTE: wholeNumber(1, 1_000_000).optional(),
  MEMBERS_PER_CALL_MAX: wholeNumber(1, 10_000).optional(),
  WATCHED_USERS_MAX: wholeNumber(1, 10_000).optional(),
  RECEIPT_MEMBERS_MAX: wholeNumber(1, 10_000).optional(),

  S3_URL: later,
  CLAMD_URL: later,
  DEMO: oneOf('on', 'off').default('off'),
})

/** Anybody who reaches a demo is anybody in it, the administrator too. */
function keepDemoToThisMachine(
  { DEMO, HOST, PUBLIC_URL, SMTP_URL, DATABASE_URL }: Settings,
  context: z.RefinementCtx,
) {
  if (DEMO !== 'on') return
  const refuse = (why: string) => context.addIssue({ code: 'custom', path: ['DEMO'], message: why })
  if (SMTP_URL !== undefined) refuse('must be off together with SMTP_URL')
  if (DATABASE_URL !== undefined)
    refuse('must be off together with DATABASE_URL: it begins anew at each start')
  if (!isLoopbackUrl(`http://${HOST.includes(':') ? `[${HOST}]` : HOST}`))
    refuse('must be off where others can come in: HOST isn’t loopback')
  if (PUBLIC_URL !== undefined && !isLoopbackUrl(PUBLIC_URL))
    refuse('must be off where others can come in: PUBLIC_URL isn’t loopback')
}

/**
 * Whoever serves the same database signs with the same secret, and a folder of one node is not the others'.
 */
function shareSecret({ DATABASE_URL, SECRET }: Settings, context: z.RefinementCtx) {
  if (DATABASE_URL === undefined || SECRET !== undefined) return
  const message = 'must be set together with DATABASE_URL: all nodes sign and seal with the same'
  context.addIssue({ code: 'custom', path: ['SECRET'], message })
}

/**
 * Several processes are as many servers, which meet on engines that they share; a data folder is one's alone.
 */
function shareEngines({ PROCESSES, DATABASE_URL, REDIS_URL }: Settings, context: z.RefinementCtx) {
  if (PROCESSES === 'auto' || PROCESSES === 1) return
  const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['PROCESSES'], message })
  if (DATABASE_URL === undefined)
    refuse('must be 1 or auto on SQLite: its data folder is one process’s alone')
  else if (REDIS_URL === undefined)
    refuse('must be 1 or auto without REDIS_URL: several processes meet there')
}

/** What stands beside a primary needs one. */
function standBeside(given: Settings, context: z.RefinementCtx) {
  if (given.DATABASE_URL !== undefined) return
  const refuse = (name: string) =>
    context.addIssue({ code: 'custom', path: [name], message: 'must be set together with DATABASE_URL' })
  if (given.DATABASE_REPLICA_URLS.length > 0) refuse('DATABASE_REPLICA_URLS')
  if (given.DATABASE_STANDBY === 'required') refuse('DATABASE_STANDBY')
}

type Settings = z.infer<typeof settings>

/** The names of all settings, as they are documented. */
export const settingNames = Object.keys(settings.shape)

/** A secret, or an address that may hold a password: refused without telling the value. */
const isPrivate = (name: string) =>
  ['SECRET', 'OIDC_PROVIDERS', 'ENCRYPTION_KEYS', 'KAFKA_BROKERS'].includes(name) || /_URLS?$/.test(name)

function linesOf(error: z.ZodError, given: Record<string, unknown>): string[] {
  const lines = new Map<string, string>()
  for (const { path, message } of error.issues) {
    const name = String(path[0])
    const value = isPrivate(name) || isLater(message) ? '' : `, not ${JSON.stringify(given[name])}`
    if (!lines.has(name)) lines.set(name, `${name} ${message}${value}`)
  }
  return [...lines.values()]
}
