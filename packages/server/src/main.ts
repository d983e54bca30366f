import { join } from 'node:path'
import { Refusal } from '@confab/protocol/refusal'
import { type Config, originsOf, parseConfig, publicUrlOf, WrongSettings } from './config.ts'
import { demoSignIns } from './demo/demo-people.ts'
import { accountRules } from './domain/accounts/account-rules.ts'
import { removeSecondFactorOf } from './domain/accounts/change-account.ts'
import { heldBackBy } from './domain/accounts/may-go-on.ts'
import { resumeErasures } from './domain/conversations/resume-erasures.ts'
import { announce, announceSessionEnd } from './domain/delivery/announce.ts'
import { openCommitQueue } from './domain/delivery/commit-queue.ts'
import type { Domain } from './domain/domain.ts'
import { openWatchedLimiter } from './domain/limits/watched-limiter.ts'
import { countEvents, countingGroup } from './domain/log/count-events.ts'
import { queuedMailer } from './domain/mail/queued-mailer.ts'
import { sampleAddress } from './domain/mail/sample-mails.ts'
import { openHeartbeats } from './domain/presence/heartbeats.ts'
import { openKeptPresence } from './domain/presence/kept-presence.ts'
import { openReceiptTeller } from './domain/receipts/receipt-teller.ts'
import { auditSignIns } from './domain/security/audit-sign-ins.ts'
import { openTellRefused } from './domain/security/tell-refused.ts'
import { accountsSecret, makeAccountTables, openAccounts } from './engines/account-tables.ts'
import type { Engine, EngineSettings } from './engines/engine.ts'
import { migrateInstallation } from './engines/migrate-installation.ts'
import { openEngine } from './engines/open-engine.ts'
import { type KafkaLog, openKafkaLog } from './engines/open-event-log.ts'
import { openMeeting } from './engines/open-meeting.ts'
import { tellReplication } from './engines/tell-replication.ts'
import { systemClock } from './lib/clock.ts'
import { usableCores } from './lib/cores.ts'
import { joinGroup } from './lib/group-member.ts'
import { openHttpServer } from './lib/http-server.ts'
import { clientAddress } from './lib/ip-networks.ts'
import { openLog, reportTo } from './lib/log.ts'
import { isLoopbackUrl } from './lib/loopback.ts'
import { createMetrics, type Metrics, measureHttp, metricsType } from './lib/metrics.ts'
import { placeOf } from './lib/place-of.ts'
import { processCount } from './lib/process-count.ts'
import { endOnFailure, endWithin, nextSignal } from './lib/process-end.ts'
import { openProgress } from './lib/progress.ts'
import { safetyHeaders } from './lib/safety-headers.ts'
import { deriveKey } from './lib/secret-file.ts'
import { openStaticFiles, strictPolicy } from './lib/static-files.ts'
import type { Queue } from './ports/queue.ts'
import type { Store } from './ports/store.ts'
import { accountsRole } from './roles/accounts/accounts.ts'
import { chatRole } from './roles/chat/chat.ts'
import { openGateway } from './roles/gateway/gateway.ts'
import { handshakeRoutes, isHandshake } from './roles/gateway/handshake.ts'
import { renewableGateway } from './roles/gateway/renewable-gateway.ts'
import type { SocketData } from './roles/gateway/socket-connection.ts'
import { streamRoutes } from './roles/gateway/stream-routes.ts'
import { createApi } from './roles/http/api.ts'
import { mailsAtOnce, openMailRole } from './roles/mail/mail.ts'
import { operationsRole } from './roles/operations/operations.ts'
import { openWorkerRole } from './roles/worker/worker.ts'

/** The runtime's own bound, above the 1 MiB that the api refuses in its own words. */
const bodyBytesMax = 64 * 1024 * 1024
/** Together under the 10 s that an orchestrator grants: requests and sockets first, then the rest. */
const drainMs = 5_000
const stopMs = 9_000

async function main(words: string[]): Promise<void> {
  // Whatever is written here holds what people said to each other: it is its owner's alone.
  process.umask(0o077)
  try {
    const config = parseConfig(process.env)
    const [command, ...rest] = words
    if (command === undefined) await begin(config)
    else if (command === 'process' && rest.length === 1) await serve(config, Number(rest[0]))
    else if (command === 'epoch' && rest[0] === 'new' && rest.length === 1) await renewEpoch(config)
    else if (command === 'reseal' && (rest.length === 0 || rest.join() === 'clear'))
      await reseal(config, { clear: rest.length > 0 })
    else if (command === 'seed') await seedData(config, rest)
    else if (command === 'migrate') await migrateInstallation(config, rest, progressOnOutput())
    else if (command === 'remove-second-factor' && rest.length === 1)
      await removeLostFactor(config, rest.join())
    else if (command === 'replay') await replayLog(config, rest)
    else throw new WrongCommand(words)
  } catch (error) {
    const status = exitStatusOf(error)
    if (status === undefined) throw error
    for (const line of (error as Error).message.split('\n')) process.stderr.write(`confab: ${line}\n`)
    process.exit(status)
  }
}

/** Serves in this process, or in several on one port that this one keeps running. */
async function begin(config: Config): Promise<void> {
  const { count, why } = processCount(config.processes, {
    platform: process.platform,
    cores: usableCores(),
    isShared: config.postgres !== undefined && config.redisUrl !== undefined,
  })
  if (count > 1) return serveTogether(config, count)
  return serve(config, undefined, why)
}

/**
 * Each process is a server as any beside it: they meet on the engines,
 * and discover nothing else of each other.
 */
async function serveTogether(config: Config, count: number): Promise<void> {
  const { claimPort } = await import('./lib/port-claim.ts')
  const { openProcessGroup } = await import('./lib/process-group.ts')
  const log = await openLog(config.logLevel, { process: 0 })
  const report = reportTo(log)
  endOnFailure(report)
  const signal = nextSignal()
  using claim = claimPort(config)
  const metrics = createMetrics()
  const group = openProcessGroup({
    count,
    command: [process.execPath, import.meta.path, 'process'],
    env: { ...process.env, PORT: String(claim.port) },
    metrics: metrics.text,
    onUp: (up) => log.info({ up, count }, 'so many processes can serve'),
    clock: systemClock,
    report,
  })
  metrics.gauge('confab_processes_up', 'Processes that can serve.', () => group.up)
  metrics.counter('confab_process_restarts_total', 'Processes started again.', () => group.restarts)
  void group.ready.then((said) => process.stdout.write(`${said}  processes  ${count}\n`))
  const stopped = signal.then((name) => {
    log.info({ signal: name }, 'stopping all processes')
    return group.stop()
  })
  process.exit(await Promise.race([stopped, group.ended.finally(group.stop)]))
}

/**
 * Serves until a signal. Everything is opened in order and closed in the reverse one. A number says which
 * process this is of several that share the port.
 */
async function serve(config: Config, number?: number, whyAlone?: string): Promise<void> {
  const stack = new AsyncDisposableStack()
  const log = await openLog(config.logLevel, number === undefined ? null : { process: number })
  const report = reportTo(log)
  endOnFailure(report)
  if (whyAlone !== undefined) log.info(whyAlone)
  const clock = systemClock
  const metrics = createMetrics()
  const member = number === undefined ? undefined : joinGroup({ number, ownMetrics: metrics.text, clock })
  const http = stack.use(
    openHttpServer<SocketData>({
      host: config.host,
      port: config.port,
      isShared: member !== undefined,
      bodyBytesMax,
      headers: safetyHeaders({ https: config.publicUrl?.startsWith('https:') === true }),
      report,
      onAnswer: measureHttp(metrics),
    }),
  )
  metrics.gauge('http_requests_under_way', 'Requests not answered yet.', () => http.requestsUnderWay)
  const publicUrl = publicUrlOf(config, http.port)
  const origins = originsOf(config, http.port)

  // Without Redis the bus is in this process's memory, and others would not be told of what it commits.
  const company = config.redisUrl === undefined ? 'alone' : 'with others'
  const engine = await openEngine({ config, company, clock, report }, stack)
  const { store, queue, statements, secret } = engine
  const { openSettings } = await import('./drivers/sql/settings.ts')
  const { openInvitations } = await import('./drivers/sql/invitations.ts')
  const { openReports } = await import('./drivers/sql/reports.ts')
  const { openAuditLog } = await import('./drivers/sql/audit-log.ts')
  const { openConsents } = await import('./drivers/sql/consents.ts')
  const { openExports } = await import('./drivers/sql/exports.ts')
  const { openFolderBlobs } = await import('./drivers/fs/blobs.ts')
  const { sealedBlobs } = await import('./drivers/aes-gcm/sealed-blobs.ts')
  const { openPreviewInbox } = await import('./drivers/sql/preview-inbox.ts')
  const { loadWebAuthnWhenAsked } = await import('./drivers/better-auth/webauthn-when-asked.ts')
  loadWebAuthnWhenAsked()
  const { openIdentity } = await import('./drivers/better-auth/identity.ts')
  const { authSampleMails } = await import('./drivers/better-auth/sample-mails.ts')

  measureJobs(queue, metrics)
  const { broker, replication } = engine
  if (broker) metrics.gauge('confab_broker_up', 'Whether RabbitMQ is there.', () => (broker.isUp ? 1 : 0))
  const inbox = config.smtp ? undefined : stack.use(openPreviewInbox({ statements, clock, log }))
  const mailer = inbox ?? queuedMailer(queue, Bun.randomUUIDv7)
  const settings = stack.use(openSettings(statements))
  const invitations = stack.use(openInvitations(statements))
  const reports = stack.use(openReports(statements))
  const audit = stack.use(openAuditLog({ statements, clock }))
  const exports = stack.use(openExports(statements))
  const consents = stack.use(openConsents(statements))
  const folder = await openFolderBlobs(join(config.dataDir, 'blobs'))
  const blobs = stack.use(sealedBlobs(folder, { keys: config.encryptionKeys, report }))
  const accountDefaults = config.accounts
  const identity = stack.use(
    await openIdentity({
      database: engine.accounts,
      mailer,
      secret: accountsSecret(secret),
      publicUrl,
      trustedOrigins: origins,
      rules: accountRules({ store, settings, invitations, accountDefaults, clock }),
      providers: config.oidcProviders,
      longestSessionMs: config.longestSessionMs,
      report,
      clock,
      onUserCreated: (user) => store.createUser(user),
    }),
  )
  if (config.demo) await beginDemo(engine)
  const { bus, board, rateLimits, tickets } = await openMeeting(
    { config, store, secret, clock, report },
    stack,
  )
  const kafka = await openKafkaLog({ config, own: engine.log, clock, report }, stack)
  metrics.gauge('confab_bus_cut', '1 while this node is cut off from the others.', () => Number(bus.isCut))
  // By every node: whoever ends a session need not keep sockets.
  stack.defer(identity.onSessionEnded((ended) => announceSessionEnd(bus, ended)))
  stack.defer(auditSignIns({ identity, audit, rateLimits, report }))
  const receipts = stack.use(openReceiptTeller({ bus, clock }))
  const commits = stack.use(
    openCommitQueue({
      store: measureCommits(store, metrics),
      announce: (batch) => announce({ bus, receipts }, batch),
      report,
    }),
  )
  void resumeErasures({ store, commits, clock, report })
  const presence = stack.use(openKeptPresence({ board, store, commits, clock, report }))
  metrics.gauge('confab_commit_queue_depth', 'Writes that wait or are under way.', () => commits.depth)

  const domain: Domain = {
    store,
    bus,
    presence,
    identity,
    rateLimits: config.rateLimits
      ? openWatchedLimiter({ config, rateLimits, store, clock, log, metrics })
      : undefined,
    limits: config.limits,
    settings,
    invitations,
    reports,
    accountDefaults,
    audit,
    queue,
    exports,
    consents,
    blobs,
    mails: mailer,
    commits,
    clock,
    newId: Bun.randomUUIDv7,
    contentSecret: deriveKey(secret, 'message content'),
    report,
  }

  const sessionCookie = sessionCookieOf(publicUrl)
  const tellRefused = openTellRefused({ log, clock })
  const gateway = config.roles.has('gateway')
    ? stack.use(
        renewableGateway(
          (name) =>
            openGateway({
              name,
              domain,
              identity,
              tickets,
              origins,
              openLogTail: kafka?.openTail,
              addressOf: (request) =>
                clientAddress(
                  http.peerAddress(request),
                  request.headers.get('x-forwarded-for'),
                  config.trustedProxies,
                ),
              bounds: { heartbeatMs: config.heartbeatMs, silenceMs: 2 * config.heartbeatMs },
              sessionCookie: (cookies) => cookies.includes(`${sessionCookie}=`),
              tellRefused,
            }),
          { clock },
        ),
      )
    : undefined
  if (gateway && replication) stack.defer(replication.onNewEpoch(() => gateway.renew()))
  if (gateway) metrics.gauge('confab_connections', 'Open sockets.', () => gateway.connectionCount)

  let draining = false
  const api = createApi({
    peerAddress: http.peerAddress,
    trustedProxies: config.trustedProxies,
    report,
    trustedOrigins: origins,
    limits: domain.rateLimits,
    tellRefused,
  })
  if (config.roles.has('accounts')) {
    const demo = config.demo ? demoSignIns : undefined
    const samples = () => authSampleMails({ to: sampleAddress, publicUrl })
    api.route(
      '/',
      accountsRole({ domain, identity, trustedOrigins: origins, publicUrl, mailer, inbox, samples, demo }),
    )
  }
  if (config.roles.has('chat')) {
    const heartbeats = stack.use(openHeartbeats({ presence, clock, report }))
    const known = gateway || config.redisUrl ? tickets : undefined
    api.route(
      '/',
      chatRole({ domain, heartbeats, identity, trustedOrigins: origins, publicUrl, tickets: known }),
    )
  }
  if (gateway) {
    api.route('/', handshakeRoutes())
    api.route(
      '/',
      streamRoutes({
        gateway,
        identity,
        trustedOrigins: origins,
        limits: domain.rateLimits,
        heldBack: (session) => heldBackBy(domain, session),
      }),
    )
  }
  if (config.smtp && config.roles.has('mail')) {
    const { openSmtpMailer } = await import('./drivers/smtp/mailer.ts')
    const smtp = stack.use(
      openSmtpMailer({ ...smtpSettings(config.smtp, publicUrl), connections: mailsAtOnce }),
    )
    stack.use(openMailRole({ queue, mailer: smtp, clock }))
  }
  if (config.roles.has('worker')) {
    const personal = await engine.openPersonal()
    stack.use(openWorkerRole({ ...domain, identity, personal, queue, mailer, publicUrl }))
  }
  if (kafka) measureKafka(kafka, metrics, gateway && (() => bus.isCut))
  if (kafka && config.roles.has('worker')) {
    stack.use(kafka.openRelay())
    const onDelay = metrics.histogram(
      'confab_event_log_delay_seconds',
      'From an event to whoever follows the log.',
      [0.1, 0.5, 1, 5, 60, 3_600],
    )
    const counting = stack.use(countEvents({ log: kafka.log, clock, onDelay }))
    metrics.counters('confab_events_total', 'What happened, by type.', 'type', () => counting.counts)
  }
  const beside = replication && tellReplication(replication, { metrics, log })
  api.route(
    '/',
    operationsRole({
      api,
      limits: config.limits,
      publicUrl,
      sessionCookie,
      answerMetrics: async () =>
        new Response(await (member ? member.metrics() : metrics.text()), {
          headers: { 'Content-Type': metricsType },
        }),
      lesserChecks: {
        ...(broker && { rabbitmq: () => whileUp(broker) }),
        ...beside,
        ...(config.redisUrl && { redis: () => whileUp({ isUp: !bus.isCut }) }),
        ...(kafka && { kafka: () => whileUp(kafka) }),
        ...(member && { processes: () => whileUp({ isUp: member.isWhole }) }),
      },
      follows: () => (gateway && bus.isCut ? (kafka?.isHeard ? 'kafka' : 'store') : undefined),
      checks: {
        store: () => store.heads([]),
        serving: async () => {
          if (draining) throw new Error('draining')
        },
      },
    }),
  )
  const page = openStaticFiles({
    folder: join(import.meta.dir, '../../web/dist'),
    immutablePath: '/assets/',
    contentSecurityPolicy: strictPolicy,
    missingPage,
  })
  api.use('*', async (c, next) => {
    if (c.req.path.startsWith('/api/')) return next()
    return page.answer(c.req.raw) ?? next()
  })

  const server = http.serve({
    websocket: gateway?.websocket,
    handle: async (request) =>
      gateway && isHandshake(request) ? gateway.upgrade(request, server) : api.fetch(request),
  })
  gateway?.attach(server)
  const said = readyLines(config, { port: http.port, publicUrl })
  if (member) member.ready(said)
  else process.stdout.write(said)

  const signal = await (member ? member.nextEnd() : nextSignal())
  log.info({ signal }, 'stopping: requests under way are answered, sockets told to reconnect')
  draining = true
  await endWithin(stopMs, report, async () => {
    const drained = http.drain(drainMs)
    gateway?.drain()
    await drained
    await stack.disposeAsync()
  })
  log.info('stopped')
  process.exit(0)
}

/** `epoch new`, after a backup was restored: clients drop copies of what may never have happened here. */
async function renewEpoch(config: Config): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const { renewEpoch: renew } = await openForCommand(config, stack, { anew: true })
  process.stdout.write(`The epoch is now ${await renew()}.\n`)
}

/**
 * `reseal`, once the keys have changed: everything goes under the first one, or with `clear` into the clear.
 */
async function reseal(config: Config, { clear }: { clear: boolean }): Promise<void> {
  const keys = config.encryptionKeys
  if (keys.length === 0) throw new WrongSettings(['ENCRYPTION_KEYS must hold the keys: none is set'])
  const report = reportTo(await openLog(config.logLevel))
  await using stack = new AsyncDisposableStack()
  const { statements, texts } = await openForCommand(config, stack, { company: 'beside others' })
  const { resealTexts, tellResealed } = await import('./drivers/sql/reseal.ts')
  const { blobKeys, openFolderBlobs } = await import('./drivers/fs/blobs.ts')
  const { resealBlobs } = await import('./drivers/aes-gcm/sealed-blobs.ts')
  const folder = join(config.dataDir, 'blobs')
  const blobs = await openFolderBlobs(folder)
  const files = await resealBlobs(blobs, { names: blobKeys(folder), keys, clear, report })
  const done = await resealTexts({ statements, tables: texts(), keys, clear, report })
  process.stdout.write(tellResealed({ ...done, files }))
}

/** `remove-second-factor`, for an administrator who has lost theirs, where no other one is there to take it away. */
async function removeLostFactor(config: Config, email: string): Promise<void> {
  const clock = systemClock
  const log = await openLog(config.logLevel)
  const report = reportTo(log)
  await using stack = new AsyncDisposableStack()
  const { statements, queue, accounts, secret } = await openForCommand(config, stack, {
    company: 'beside others',
  })
  const { openAuditLog } = await import('./drivers/sql/audit-log.ts')
  const { openPreviewInbox } = await import('./drivers/sql/preview-inbox.ts')
  const mailer = config.smtp
    ? queuedMailer(queue, Bun.randomUUIDv7)
    : stack.use(openPreviewInbox({ statements, clock, log }))
  const audit = stack.use(openAuditLog({ statements, clock }))
  const identity = stack.use(await openAccounts(accounts, { config, secret, report, mailer }))
  if (!(await removeSecondFactorOf({ identity, audit, clock }, email))) throw new NoSecondFactor(email)
  process.stdout.write(`${email} signs in by one factor now.\n`)
}

/** `seed`, for benchmarks and trials: fills an empty data folder with people, conversations and messages. */
async function seedData(config: Config, words: string[]): Promise<void> {
  const { parseSeedWords } = await import('./seed/parse-seed-words.ts')
  const { seed } = await import('./seed/seed.ts')
  const { addSignedInAccounts } = await import('./drivers/better-auth/add-accounts.ts')
  const { out, ...size } = parseSeedWords(words)
  await using stack = new AsyncDisposableStack()
  const { store, statements, accounts, secret, gatherStatistics } = await openForCommand(config, stack)
  await makeAccountTables(accounts, { config, secret, report: reportTo(await openLog(config.logLevel)) })
  const seeded = await seed(
    {
      store,
      addAccounts: (made) => addSignedInAccounts(statements, made),
      gatherStatistics,
      newId: Bun.randomUUIDv7,
      now: Date.now,
    },
    size,
  )
  if (out !== undefined) await Bun.write(out, JSON.stringify(seeded), { mode: 0o600 })
  process.stdout.write(`${seeded.users.length} people in ${seeded.conversations.length} conversations\n`)
}

/** The demo's people and what they have said, into the database that was opened anew for them. */
async function beginDemo({ store, statements }: Engine): Promise<void> {
  const { fillDemo } = await import('./demo/fill-demo.ts')
  const { addAccounts } = await import('./drivers/better-auth/add-accounts.ts')
  await fillDemo({
    store,
    addAccounts: (accounts) => addAccounts(statements, accounts),
    newId: Bun.randomUUIDv7,
    now: Date.now(),
  })
}

/** `replay`: everything that happened, from a point on, for whoever builds something of it anew. */
async function replayLog(config: Config, words: string[]): Promise<void> {
  const { parseReplayWords } = await import('./replay/parse-replay-words.ts')
  const { replay } = await import('./replay/replay.ts')
  const { from, group } = parseReplayWords(words)
  await using stack = new AsyncDisposableStack()
  const { log: own } = await openForCommand(config, stack, { company: 'beside others' })
  const report = reportTo(await openLog(config.logLevel))
  const log = (await openKafkaLog({ config, own, clock: systemClock, report }, stack))?.log ?? own
  if (group !== undefined) {
    await log.rewind(group, from)
    process.stdout.write(`'${group}' begins again.\n`)
    return
  }
  const count = await replay(log, from, async (text) => void (await Bun.write(Bun.stdout, text)))
  process.stderr.write(`confab: ${count} events\n`)
}

async function openForCommand(
  config: Config,
  stack: AsyncDisposableStack,
  { company = 'alone', anew = false }: Partial<Pick<EngineSettings, 'company' | 'anew'>> = {},
): Promise<Engine> {
  const report = reportTo(await openLog(config.logLevel))
  return openEngine({ config, company, anew, clock: systemClock, report }, stack)
}

const progressOnOutput = () =>
  openProgress({
    write: (text) => process.stdout.write(text),
    isTerminal: process.stdout.isTTY,
    now: performance.now.bind(performance),
  })

async function whileUp({ isUp }: { isUp: boolean }): Promise<void> {
  if (!isUp) throw new Error('away')
}

/** Observed once a batch, not once a write. */
function measureCommits(store: Store, { histogram }: Metrics): Pick<Store, 'commit'> {
  const sizes = histogram(
    'confab_commit_batch_writes',
    'Writes that shared a transaction.',
    [1, 4, 16, 64, 256, 512],
  )
  const seconds = histogram(
    'confab_commit_seconds',
    'Time of a transaction.',
    [0.001, 0.004, 0.016, 0.064, 0.25, 1],
  )
  return {
    async commit(writes) {
      const startedAt = performance.now()
      const outcomes = await store.commit(writes)
      seconds((performance.now() - startedAt) / 1_000)
      sizes(writes.length)
      return outcomes
    },
  }
}

function measureJobs(queue: Pick<Queue, 'counts'>, { gauge }: Metrics): void {
  gauge('confab_jobs_waiting', 'Jobs that wait or are under way.', async () => (await queue.counts()).waiting)
  gauge(
    'confab_jobs_dead',
    'Jobs given up, kept for an administrator.',
    async () => (await queue.counts()).dead,
  )
}

/** The lags cost a question each; while that can't be answered they are as they were last. */
function measureKafka(kafka: KafkaLog, { gauge }: Metrics, isCut?: () => boolean): void {
  gauge('confab_kafka_up', '1 while Kafka is there.', () => Number(kafka.isUp))
  gauge(
    'confab_event_log_relay_lag',
    'Events that are committed and not with Kafka yet.',
    lastKnown(kafka.relayLag, () => true),
  )
  gauge(
    'confab_event_log_lag',
    'Events that the workers have not counted yet.',
    lastKnown(
      () => kafka.log.lag(countingGroup),
      () => kafka.isUp,
    ),
  )
  if (isCut)
    gauge('confab_log_heard', '1 while the log is heard in place of the bus.', () =>
      Number(isCut() && kafka.isHeard),
    )
}

function lastKnown(read: () => Promise<number>, mayAsk: () => boolean): () => Promise<number> {
  let last = 0
  return async () => {
    const known = last
    if (!mayAsk()) return known
    const asked = read().then(
      (value) => (last = value),
      () => known,
    )
    return Promise.race([asked, Bun.sleep(1_000).then(() => known)])
  }
}

const smtpSettings = ({ url, from }: NonNullable<Config['smtp']>, publicUrl: string) => ({
  url,
  from: from ?? `Confab <no-reply@${new URL(publicUrl).hostname}>`,
})

/** For a person at a terminal, and for whoever asked for any free port. */
function readyLines(
  { host, dataDir, smtp, demo, postgres }: Config,
  { port, publicUrl }: { port: number; publicUrl: string },
): string {
  const preview = isLoopbackUrl(publicUrl)
    ? `${publicUrl}/dev/mail (a preview: no mail leaves this machine)`
    : 'in the log: set SMTP_URL, and it reaches people'
  // The host alone: the address may hold a password.
  const mail = smtp ? `by ${new URL(smtp.url).host}` : preview
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  return [
    `Confab is ready at ${publicUrl}`,
    `  on    ${address}`,
    `  data  ${postgres ? placeOf(postgres.url) : dataDir}`,
    `  mail  ${mail}`,
    ...(demo ? ['  demo  sign in as anybody; it begins anew at each start'] : []),
    '',
  ].join('\n')
}

class WrongCommand extends Error {
  readonly exitStatus = 64
  constructor(words: string[]) {
    super(
      `no command '${words.join(' ')}': say nothing to serve, epoch new, reseal, reseal clear, replay, migrate, remove-second-factor, or seed`,
    )
  }
}

class NoSecondFactor extends Error {
  readonly exitStatus = 65
  constructor(email: string) {
    super(`nobody here has the address '${email}' and a second factor`)
  }
}

function exitStatusOf(error: unknown): number | undefined {
  // A database that fell silent in the middle of a start ends it as one does that never answered.
  if (error instanceof Refusal && error.code === 'overloaded') return 78
  return error instanceof Error && 'exitStatus' in error && typeof error.exitStatus === 'number'
    ? error.exitStatus
    : undefined
}

const sessionCookieOf = (publicUrl: string) =>
  publicUrl.startsWith('https:') ? '__Secure-confab.session_token' : 'confab.session_token'

const missingPage = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Confab: not built yet</title>
<h1>The page is not built yet</h1>
<p>The server runs, its page is missing. Build it with <code>npm run build</code>, then reload; <code>npm start</code> does both.</p>
</html>
`

await main(process.argv.slice(2))
