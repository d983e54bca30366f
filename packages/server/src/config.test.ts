import { describe, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { defaultLimits } from '@confab/protocol/limits'
import { defaultRates } from '@confab/protocol/rates'
import { settingNames } from './config/settings.ts'
import { parseConfig, WrongSettings } from './config.ts'

/** The lines with which the settings are refused. */
function refusal(env: Record<string, string>): string[] {
  try {
    parseConfig(env)
  } catch (error) {
    if (error instanceof WrongSettings) return error.lines
    throw error
  }
  return []
}

describe('settings', () => {
  test('[RUN1] every setting has a default', () => {
    const { dataDir, trustedProxies, ...config } = parseConfig({})
    expect(dataDir.endsWith('/data')).toBe(true)
    expect(['127.0.0.1', '::1', '10.0.0.1'].map(trustedProxies.has)).toEqual([true, true, false])
    expect(config).toEqual({
      host: '127.0.0.1',
      port: 8080,
      processes: 1,
      publicUrl: undefined,
      corsOrigins: [],
      secret: undefined,
      encryptionKeys: [],
      roles: new Set(['accounts', 'chat', 'gateway', 'worker', 'mail']),
      demo: false,
      rateLimits: true,
      rates: defaultRates,
      rateTiers: { administrators: 1, members: 1, users: new Map() },
      lockout: { failures: 5, withinMs: 900_000, lockMs: 1_800_000 },
      heartbeatMs: 15_000,
      longestSessionMs: 2_592_000_000,
      smtp: undefined,
      amqpUrls: undefined,
      postgres: undefined,
      kafka: undefined,
      redisUrl: undefined,
      logLevel: 'info',
      limits: defaultLimits,
      accounts: {
        ...{ signIn: ['code', 'password', 'passkey', 'oidc'], signUp: 'open', domains: [] },
        secondFactor: 'optional',
      },
      oidcProviders: [],
    })
  })

  test('[RUN1] an empty variable counts as one that is not set', () => {
    const { trustedProxies: _, ...config } = parseConfig({ PORT: '', SECRET: ' ', REDIS_URL: '' })
    expect(parseConfig({})).toMatchObject(config)
  })

  test('[RUN1] each setting is taken as it is given', () => {
    const { trustedProxies, ...config } = parseConfig({
      HOST: '0.0.0.0',
      PORT: '0',
      PROCESSES: '4',
      DATA_DIR: '/srv/chat',
      PUBLIC_URL: 'https://chat.example.org/',
      CORS_ORIGINS: 'https://a.example.org, http://localhost:5173',
      TRUSTED_PROXIES: '192.0.2.1, private',
      SECRET: 's'.repeat(32),
      ENCRYPTION_KEYS: `new:${'A'.repeat(43)}=, old:${'_w'.repeat(21)}8`,
      ROLES: 'chat,gateway',
      RATE_LIMITS: 'off',
      RATES: 'search=30, reads=90:45, exports=0.5',
      RATE_TIERS: 'administrators=5, 01939c2e-0000-7000-8000-00000000000a=20',
      LOCKOUT: '3/10/60',
      HEARTBEAT_SECONDS: '5',
      SESSION_DAYS_MAX: '90',
      LOG_LEVEL: 'debug',
      DEMO: 'off',
      SMTP_URL: 'smtps://user:password@mail.example.org',
      AMQP_URL: 'amqp://a.example.org, amqp://b.example.org',
      MAIL_FROM: 'Our chat <chat@example.org>',
      DATABASE_URL: 'postgres://user:password@db.example.org/confab?sslmode=verify-full',
      DATABASE_CONNECTIONS: '66',
      DATABASE_SHARDS: '32',
      DATABASE_REPLICA_URLS: 'postgres://a.example.org/confab, postgres://b.example.org/confab',
      DATABASE_STANDBY: 'required',
      REDIS_URL: 'rediss://user:password@cache.example.org/2',
      TEXT_MAX: '10',
      MESSAGES_PER_MINUTE: '7',
      SIGN_IN: 'passkey, code',
      SIGN_UP: 'domains:a.org, B.org',
      OIDC_PROVIDERS:
        '[{"id":"acme","name":"Acme","issuer":"https://id.acme.org","clientId":"confab","clientSecret":"hush"}]',
    })
    expect(['192.0.2.1', '10.0.0.1', '127.0.0.1'].map(trustedProxies.has)).toEqual([true, true, false])
    expect(config).toEqual({
      host: '0.0.0.0',
      port: 0,
      processes: 4,
      dataDir: '/srv/chat',
      publicUrl: 'https://chat.example.org',
      corsOrigins: ['https://a.example.org', 'http://localhost:5173'],
      secret: 's'.repeat(32),
      encryptionKeys: [
        { id: 'new', key: new Uint8Array(32) },
        { id: 'old', key: Uint8Array.from(Buffer.from(`${'_w'.repeat(21)}8`, 'base64url')) },
      ],
      roles: new Set(['chat', 'gateway']),
      demo: false,
      rateLimits: false,
      rates: {
        ...defaultRates,
        search: { scope: 'user', perMinute: 30, burst: 30 },
        reads: { scope: 'user', perMinute: 90, burst: 45 },
        exports: { scope: 'user', perMinute: 0.5, burst: 1 },
        messages: { scope: 'user', perMinute: 7, burst: 7 },
      },
      rateTiers: {
        administrators: 5,
        members: 1,
        users: new Map([['01939c2e-0000-7000-8000-00000000000a', 20]]),
      },
      lockout: { failures: 3, withinMs: 600_000, lockMs: 3_600_000 },
      heartbeatMs: 5_000,
      longestSessionMs: 7_776_000_000,
      smtp: { url: 'smtps://user:password@mail.example.org', from: 'Our chat <chat@example.org>' },
      amqpUrls: ['amqp://a.example.org', 'amqp://b.example.org'],
      postgres: {
        url: 'postgres://user:password@db.example.org/confab?sslmode=verify-full',
        connections: 66,
        shards: 32,
        replicaUrls: ['postgres://a.example.org/confab', 'postgres://b.example.org/confab'],
        requiresStandby: true,
      },
      kafka: undefined,
      redisUrl: 'rediss://user:password@cache.example.org/2',
      logLevel: 'debug',
      limits: { ...defaultLimits, textCodePoints: 10, messagesPerMinute: 7 },
      accounts: {
        ...{ signIn: ['code', 'passkey'], signUp: 'domains', domains: ['a.org', 'b.org'] },
        secondFactor: 'optional',
      },
      oidcProviders: [
        {
          id: 'acme',
          name: 'Acme',
          issuer: 'https://id.acme.org',
          clientId: 'confab',
          clientSecret: 'hush',
          scopes: ['openid', 'email', 'profile'],
        },
      ],
    })
  })

  const number = (from: number, to: number, value: string) =>
    `must be a whole number from ${from} to ${to}, not ${JSON.stringify(value)}`
  const origin = 'must be an address like https://chat.example.org, without a path'
  const keys =
    'must be keys like 2026:BASE64, parted by commas: names of 1 to 32 of a-z, 0-9 and -, no two alike, each with 32 bytes'
  const providers =
    'must be a JSON list like [{"id":"acme","name":"Acme","issuer":"https://id.acme.org","clientId":"…","clientSecret":"…"}]'
  const wrong: [name: string, value: string, line: string][] = [
    ['DEMO', 'yes', 'must be on or off, not "yes"'],
    [
      'REDIS_URL',
      'http://user:password@cache.example.org',
      'must be an address like redis://user:password@cache.example.org:6379, rediss://…, redis+sentinel://one,two/master or redis+cluster://one,two',
    ],
    ['HOST', 'no host', 'must be an address or a host name, not "no host"'],
    ['PORT', '65536', number(0, 65_535, '65536')],
    ['PORT', '-1', number(0, 65_535, '-1')],
    ['PORT', '80a', number(0, 65_535, '80a')],
    ['PROCESSES', '0', 'must be auto or a whole number from 1 to 99, not "0"'],
    ['PROCESSES', 'all', 'must be auto or a whole number from 1 to 99, not "all"'],
    ['PUBLIC_URL', 'chat.example.org', origin],
    ['PUBLIC_URL', 'https://example.org/chat', origin],
    ['PUBLIC_URL', 'ftp://example.org', origin],
    [
      'CORS_ORIGINS',
      'http://a,b',
      'must be addresses like https://chat.example.org, parted by commas, not "http://a,b"',
    ],
    ['CORS_ORIGINS', '*', 'must be addresses like https://chat.example.org, parted by commas, not "*"'],
    ['SECRET', 'too short', 'must have at least 32 characters'],
    ...['one:short', 'A'.repeat(43), `one:${'A'.repeat(43)},one:${'B'.repeat(43)}`].map(
      (value): [string, string, string] => ['ENCRYPTION_KEYS', value, keys],
    ),
    [
      'ROLES',
      'chat,cook',
      'must be words of accounts, chat, gateway, worker, mail, parted by commas, not "chat,cook"',
    ],
    ['RATE_LIMITS', 'no', 'must be on or off, not "no"'],
    ['LOG_LEVEL', 'loud', 'must be trace, debug, info, warn, error, fatal or silent, not "loud"'],
    ['HEARTBEAT_SECONDS', '16', number(1, 15, '16')],
    ['SESSION_DAYS_MAX', '0', number(1, 3_650, '0')],
    [
      'SIGN_IN',
      'code,smoke',
      'must be words of code, password, passkey, oidc, parted by commas, not "code,smoke"',
    ],
    [
      'SIGN_UP',
      'domains:',
      'must be open, invited, closed or domains:example.org,example.com, not "domains:"',
    ],
    ['SIGN_UP', 'perhaps', 'must be open, invited, closed or domains:example.org,example.com, not "perhaps"'],
    [
      'SIGN_UP',
      'open:a.org',
      'must be open, invited, closed or domains:example.org,example.com, not "open:a.org"',
    ],
    ['OIDC_PROVIDERS', '{}', `${providers} (it is none)`],
    [
      'OIDC_PROVIDERS',
      '[{"id":"Acme","name":"Acme","issuer":"https://id.acme.org","clientId":"c","clientSecret":"hush"}]',
      `${providers} (0.id: must be 1 to 32 of a-z, 0-9 and -)`,
    ],
    [
      'OIDC_PROVIDERS',
      '[{"id":"acme","name":"Acme","issuer":"http://id.acme.org","clientId":"c","clientSecret":"hush"}]',
      `${providers} (0.issuer: must be https, but for this machine)`,
    ],
    ['TEXT_MAX', '0', number(1, 50_000, '0')],
    ['NAME_MAX', 'x', number(1, 1_000, 'x')],
    ['TOPIC_MAX', '1.5', number(1, 10_000, '1.5')],
    ['BIO_MAX', '-3', number(1, 10_000, '-3')],
    ['ATTACHMENTS_MAX', '101', number(1, 100, '101')],
    ['UPLOAD_BYTES_MAX', '25MB', number(1, 1_073_741_824, '25MB')],
    ['MESSAGES_PER_MINUTE', '0', number(1, 1_000_000, '0')],
    ['REACTIONS_PER_MINUTE', '1e3', number(1, 1_000_000, '1e3')],
    ['MEMBERS_PER_CALL_MAX', '0', number(1, 10_000, '0')],
    ['WATCHED_USERS_MAX', '10001', number(1, 10_000, '10001')],
    [
      'TRUSTED_PROXIES',
      'everybody',
      'must be addresses, blocks like 10.0.0.0/8, loopback or private, parted by commas, not "everybody"',
    ],
    ['RECEIPT_MEMBERS_MAX', 'all', number(1, 10_000, 'all')],
    [
      'SMTP_URL',
      'https://user:password@mail.example.org',
      'must be an address like smtp://user:password@mail.example.org:587, or smtps://…',
    ],
    ['DATABASE_CONNECTIONS', '1', number(2, 1_000, '1')],
    ['DATABASE_SHARDS', '0', number(1, 499, '0')],
    ['DATABASE_STANDBY', 'wanted', 'must be optional or required, not "wanted"'],
    ['MAIL_FROM', 'Confab', 'must be an address like Confab <chat@example.org>, not "Confab"'],
  ]
  const wrongLimits = [
    ['RATES', 'search', 'must be limits like search=60'],
    ['RATES', 'search=0', 'must be limits like search=60'],
    ['RATES', 'serach=60', 'knows messages, reactions, writes'],
    ['RATES', 'messages=60', 'set MESSAGES_PER_MINUTE'],
    ['RATE_TIERS', 'admins=5', 'must be multiples like administrators=5'],
    ['RATE_TIERS', 'members=0', 'must be multiples like administrators=5'],
    ['LOCKOUT', '5/15', 'must be failures/minutes/minutes like 5/15/30'],
  ] as const

  test.each(wrongLimits)('[RUN2] %s=%s is told with what it may be', (name, value, said) => {
    const lines = refusal({ [name]: value })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toStartWith(`${name} `)
    expect(lines[0]).toContain(said)
  })

  test('[RUN21] PostgreSQL is named by its whole address, with a secret, and not for a demo', () => {
    const [url, secret] = ['postgresql://db.example.org/confab', 's'.repeat(32)]
    expect(parseConfig({ DATABASE_URL: url, SECRET: secret })).toMatchObject({
      postgres: { url, connections: 10, shards: 1 },
    })
    const several =
      'postgres://user:pa@one.example.org:5432,two.example.org/confab?target_session_attrs=read-write'
    expect(parseConfig({ DATABASE_URL: several, SECRET: secret }).postgres?.url).toBe(several)
    const address =
      'DATABASE_URL must be an address like postgres://user:password@db.example.org:5432/confab?sslmode=verify-full'
    for (const wrongUrl of [
      'mysql://user:hush@db.example.org/confab',
      'postgres://user:hush@db.example.org',
      'postgres://user:hush@db.example.org/confab?sslmode=sometimes',
      'db.example.org',
      'postgres://user:hush@one.example.org:5432,two.example.org',
      'postgres://user:hush@one.example.org:x,two.example.org/confab',
      'postgres://user:hush@db.example.org/confab?target_session_attrs=standby',
    ])
      expect(refusal({ DATABASE_URL: wrongUrl, SECRET: secret })).toEqual([address])
    expect(refusal({ DATABASE_URL: url })).toEqual([
      'SECRET must be set together with DATABASE_URL: all nodes sign and seal with the same',
    ])
    expect(refusal({ DATABASE_URL: url, SECRET: secret, DEMO: 'on' })).toEqual([
      'DEMO must be off together with DATABASE_URL: it begins anew at each start, not "on"',
    ])
  })

  test('[PROC1] several processes need engines that they share; auto takes what there is', () => {
    const postgres = { DATABASE_URL: 'postgres://u:p@db/confab', SECRET: 's'.repeat(32) }
    const shared = { ...postgres, REDIS_URL: 'redis://cache' }
    expect(parseConfig({ ...shared, PROCESSES: '2' }).processes).toBe(2)
    expect(refusal({ PROCESSES: '2' })).toEqual([
      'PROCESSES must be 1 or auto on SQLite: its data folder is one process’s alone, not "2"',
    ])
    expect(refusal({ ...postgres, PROCESSES: '2' })).toEqual([
      'PROCESSES must be 1 or auto without REDIS_URL: several processes meet there, not "2"',
    ])
    for (const env of [{}, postgres, shared]) {
      expect(refusal({ ...env, PROCESSES: '1' })).toEqual([])
      expect(parseConfig({ ...env, PROCESSES: 'auto' }).processes).toBe('auto')
    }
  })

  test('[RUN29] replicas, a required standby and shards are of a primary; replicas are named by whole addresses', () => {
    const beside = {
      DATABASE_SHARDS: '4',
      DATABASE_REPLICA_URLS: 'postgres://r.example.org/confab',
      DATABASE_STANDBY: 'required',
    }
    const database = { DATABASE_URL: 'postgres://db.example.org/confab', SECRET: 's'.repeat(32) }
    expect(parseConfig({ ...database, ...beside }).postgres).toMatchObject({
      shards: 4,
      replicaUrls: [beside.DATABASE_REPLICA_URLS],
      requiresStandby: true,
    })
    const why = 'must be set together with DATABASE_URL'
    expect(refusal(beside)).toEqual([
      `DATABASE_SHARDS ${why}, not "4"`,
      `DATABASE_REPLICA_URLS ${why}`,
      `DATABASE_STANDBY ${why}, not "required"`,
    ])
    const wrong = {
      DATABASE_REPLICA_URLS: 'postgres://r.example.org/confab,mysql://user:hush@r.example.org/x',
    }
    expect(refusal({ ...database, ...wrong })).toEqual([
      'DATABASE_REPLICA_URLS must be addresses like that of DATABASE_URL, parted by commas',
    ])
  })

  test('[RUN36] a node has connections for both queues of each shard, and two more', () => {
    const database = { DATABASE_URL: 'postgres://db.example.org/confab', SECRET: 's'.repeat(32) }
    const refused = (shards: string, connections: string) =>
      refusal({ ...database, DATABASE_SHARDS: shards, DATABASE_CONNECTIONS: connections })
    const why = (most: number, connections: number) =>
      `DATABASE_SHARDS must be at most ${most} with DATABASE_CONNECTIONS at ${connections}: it takes 2 a shard and 2 more`
    expect(refused('32', '65')).toEqual([`${why(31, 65)}, not "32"`])
    expect(refused('32', '66')).toEqual([])
    expect(refused('2', '5')).toEqual([`${why(1, 5)}, not "2"`])
    expect(refused('1', '2')).toEqual([])
    expect(refusal({ ...database, DATABASE_SHARDS: '5' })).toEqual([`${why(4, 10)}, not "5"`])
    expect(refusal({ ...database, DATABASE_SHARDS: '4' })).toEqual([])
  })

  test('[RUN25] RabbitMQ is named by the addresses of its brokers', () => {
    const urls = ['amqps://user:hush@a.example.org/chat?cacertfile=/etc/ca.pem', 'amqp://b.example.org:5673']
    expect(parseConfig({ AMQP_URL: urls.join(', ') })).toMatchObject({ amqpUrls: urls })
    const others = ['amqps://a.example.org?auth_mechanism=external']
    expect(parseConfig({ AMQP_URL: others.join() })).toMatchObject({ amqpUrls: others })
    const unknown = 'amqps://a.example.org?auth_mechanism=kerberos'
    for (const wrongUrl of ['http://user:hush@a.example.org', `${urls[0]},b.example.org`, 'amqp://', unknown])
      expect(refusal({ AMQP_URL: wrongUrl })).toEqual([
        'AMQP_URL must be addresses like amqps://user:password@mq.example.org:5671/vhost, parted by commas',
      ])
  })

  test('[RUN32] Kafka is named by its brokers, and what is wrong there is not repeated', () => {
    const url = 'kafkas://user:hush@one.example.org:9093,two.example.org:9093/chat'
    expect(parseConfig({ KAFKA_BROKERS: url }).kafka).toMatchObject({ topic: 'chat', tls: {} })
    expect(parseConfig({ KAFKA_BROKERS: 'one:9092,two' }).kafka?.hosts).toHaveLength(2)
    for (const wrongUrl of ['http://user:hush@one', 'kafka://user@one', 'one:hush'])
      expect(refusal({ KAFKA_BROKERS: wrongUrl })).toEqual([
        'KAFKA_BROKERS must be brokers like one:9092,two:9092, or kafkas://user:password@one:9093,two:9093/topic?mechanism=scram-sha-512',
      ])
  })

  test.each(wrong)('[RUN2] %s=%s is refused by name', (name, value, line) => {
    expect(refusal({ [name]: value })).toEqual([`${name} ${line}`])
  })

  const later = ['S3_URL', 'CLAMD_URL']
  test.each(later)('[RUN3] %s is refused until it is supported, without telling its value', (name) => {
    expect(refusal({ [name]: 'redis://user:password@host' })).toEqual([
      `${name} is not supported by this version yet: leave it out`,
    ])
  })

  test('[DEMO3] a demo is refused together with SMTP_URL, and wherever others could reach it', () => {
    expect(parseConfig({ DEMO: 'on' })).toMatchObject({ demo: true, dataDir: resolve('data/demo') })
    for (const HOST of ['127.0.0.1', 'localhost', '::1']) {
      expect(parseConfig({ DEMO: 'on', HOST, PUBLIC_URL: 'http://localhost:99' }).demo).toBe(true)
    }
    const open = 'DEMO must be off where others can come in'
    expect(refusal({ DEMO: 'on', SMTP_URL: 'smtp://mail.example.org' })).toEqual([
      'DEMO must be off together with SMTP_URL, not "on"',
    ])
    for (const HOST of ['0.0.0.0', '::', '192.168.0.7', 'chat.example.org']) {
      expect(refusal({ DEMO: 'on', HOST })).toEqual([`${open}: HOST isn’t loopback, not "on"`])
    }
    expect(refusal({ DEMO: 'on', PUBLIC_URL: 'https://chat.example.org' })).toEqual([
      `${open}: PUBLIC_URL isn’t loopback, not "on"`,
    ])
    expect(parseConfig({ DEMO: 'off', HOST: '0.0.0.0' })).toMatchObject({ demo: false })
  })

  test('[RUN2] all wrong settings are told together, a line each', () => {
    expect(refusal({ PORT: 'x', SECRET: 'short', ROLES: 'cook' }).map((line) => line.split(' ')[0])).toEqual([
      'PORT',
      'SECRET',
      'ROLES',
    ])
  })

  test('[RUN2] there is a refusal for each setting but the folder, where any path will do', () => {
    const refused = [
      ...[...wrong, ...wrongLimits].map(([name]) => String(name)),
      ...later,
      'DATABASE_URL',
      'DATABASE_REPLICA_URLS',
      'AMQP_URL',
      'KAFKA_BROKERS',
    ]
    expect(settingNames.filter((name) => !refused.includes(name))).toEqual(['DATA_DIR'])
  })
})
