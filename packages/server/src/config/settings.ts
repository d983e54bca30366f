import { signInWays } from '@confab/protocol/account-settings'
import { z } from 'zod'
import { parseSealingKeys } from '../lib/sealing-keys.ts'
import {
  amqpUrls,
  databaseUrl,
  databaseUrls,
  ipNetworks,
  kafkaBrokers,
  mailFrom,
  origin,
  origins,
  redisUrl,
  smtpUrl,
} from './addresses.ts'
import { lockout, rates, rateTiers } from './rates.ts'
import { oidcProviders, signUp } from './sign-in.ts'
import { oneOf, parsedBy, someOf, wholeNumber } from './words.ts'

/** What this process does, of all that a server does. */
export const serverRoles = ['accounts', 'chat', 'gateway', 'worker', 'mail'] as const
export type ServerRole = (typeof serverRoles)[number]

const processes = z
  .string()
  .regex(/^(?:auto|[1-9]\d?)$/, 'must be auto or a whole number from 1 to 99')
  .transform((text): number | 'auto' => (text === 'auto' ? text : Number(text)))

const sealingKeys = parsedBy(
  parseSealingKeys,
  'must be keys like 2026:BASE64, parted by commas: names of 1 to 32 of a-z, 0-9 and -, no two alike, each with 32 bytes',
)

const notYet = 'is not supported by this version yet'
/** Refused, not ignored: who sets it counts on it. */
const later = z.never(`${notYet}: leave it out`).optional()
export const isLater = (message: string): boolean => message.startsWith(notYet)

/** By the variable's name. */
export const settings = z.object({
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
  ROLES: someOf(serverRoles).default([...serverRoles]),
  RATE_LIMITS: oneOf('on', 'off').default('on'),
  RATES: rates.default({}),
  RATE_TIERS: rateTiers.prefault('members=1'),
  LOCKOUT: lockout.prefault('5/15/30'),
  HEARTBEAT_SECONDS: wholeNumber(1, 15).default(15),
  SESSION_DAYS_MAX: wholeNumber(1, 3_650).default(30),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_CONNECTIONS: wholeNumber(2, 1_000).default(10),
  // As many as the connections suffice for.
  DATABASE_SHARDS: wholeNumber(1, 499).default(1),
  DATABASE_REPLICA_URLS: databaseUrls.default([]),
  DATABASE_STANDBY: oneOf('optional', 'required').default('optional'),
  AMQP_URL: amqpUrls.optional(),
  KAFKA_BROKERS: kafkaBrokers.optional(),
  REDIS_URL: redisUrl.optional(),
  SMTP_URL: smtpUrl.optional(),
  MAIL_FROM: mailFrom.optional(),
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info'),
  SIGN_IN: someOf(signInWays).default([...signInWays]),
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

export type Settings = z.infer<typeof settings>

/** The names of all settings, as they are documented. */
export const settingNames = Object.keys(settings.shape)
