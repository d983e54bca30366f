import { resolve } from 'node:path'
import type { AccountSettings } from '@confab/protocol/account-settings'
import { type Limits, limits as limitsSchema } from '@confab/protocol/limits'
import type { Rates } from '@confab/protocol/rates'
import type { z } from 'zod'
import { fitTogether } from './config/fit-together.ts'
import { ratesOf } from './config/rates.ts'
import { isLater, type ServerRole, settings } from './config/settings.ts'
import type { OidcProvider } from './config/sign-in.ts'
import type { IpNetworks } from './lib/ip-networks.ts'
import type { KafkaAddress } from './lib/kafka-address.ts'
import type { SealingKey } from './lib/sealing-keys.ts'

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
        /** Over how many its tables are distributed. */
        shards: number
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
  const parsed = settings.superRefine(fitTogether).safeParse(given)
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
    rates: ratesOf(data.RATES, {
      messages: data.MESSAGES_PER_MINUTE,
      reactions: data.REACTIONS_PER_MINUTE,
    }),
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
            shards: data.DATABASE_SHARDS,
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
