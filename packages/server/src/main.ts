import { join } from 'node:path'
import { Refusal } from '@confab/protocol/refusal'
import { readyLines } from './config/ready-lines.ts'
import { type Config, originsOf, parseConfig, publicUrlOf } from './config.ts'
import { demoSignIns } from './demo/demo-people.ts'
import { accountRules } from './domain/accounts/account-rules.ts'
import { heldBackBy } from './domain/accounts/may-go-on.ts'
import { resumeErasures } from './domain/conversations/resume-erasures.ts'
import { announce, announceSessionEnd } from './domain/delivery/announce.ts'
import { openCommitLanes } from './domain/delivery/commit-lanes.ts'
import type { Domain } from './domain/domain.ts'
import { openWatchedLimiter } from './domain/limits/watched-limiter.ts'
import { countEvents, countingGroup } from './domain/log/count-events.ts'
import { queuedMailer } from './domain/mail/queued-mailer.ts'
import { sampleAddress } from './domain/mail/sample-mails.ts'
import { openHeartbeats } from './domain/presence/heartbeats.ts'
import { openKeptPresence } from './domain/presence/kept-presence.ts'
import { openReceiptTeller } from './domain/receipts/receipt-teller.ts'
import { auditIdentity } from './domain/security/audit-identity.ts'
import { openTellRefused } from './domain/security/tell-refused.ts'
import { accountsSecret } from './engines/account-tables.ts'
import type { Engine } from './engines/engine.ts'
import { measureKafka } from './engines/measure-kafka.ts'
import { measureCommits, measureJobs } from './engines/measure-store.ts'
import { openEngine } from './engines/open-engine.ts'
import { openKafkaLog } from './engines/open-event-log.ts'
import { openMeeting } from './engines/open-meeting.ts'
import { openRecords } from './engines/open-records.ts'
import { tellReplication } from './engines/tell-replication.ts'
import { systemClock } from './lib/clock.ts'
import { usableCores } from './lib/cores.ts'
import { joinGroup } from './lib/group-member.ts'
import { openHttpServer } from './lib/http-server.ts'
import { clientAddress } from './lib/ip-networks.ts'
import { openLog, reportTo } from './lib/log.ts'
import { createMetrics, measureHttp, metricsType } from './lib/metrics.ts'
import { processCount } from './lib/process-count.ts'
import { endOnFailure, endWithin, nextSignal } from './lib/process-end.ts'
import { safetyHeaders } from './lib/safety-headers.ts'
import { deriveKey } from './lib/secret-file.ts'
import { openStaticFiles, strictPolicy } from './lib/static-files.ts'
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
    else {
      const { runCommand } = await import('./commands/run-command.ts')
      await runCommand(config, words)
    }
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
  if (count === 1) return serve(config, undefined, why)
  const { serveTogether } = await import('./commands/serve-together.ts')
  return serveTogether(config, { count, command: [process.execPath, import.meta.path, 'process'] })
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
  const company = config.redisUrl === undefined ? 'without a bus' : 'with others'
  const engine = await openEngine({ config, company, clock, report }, stack)
  const { store, queue, statements, secret } = engine
  const { loadWebAuthnWhenAsked } = await import('./drivers/better-auth/webauthn-when-asked.ts')
  loadWebAuthnWhenAsked()
  const { openIdentity } = await import('./drivers/better-auth/identity.ts')
  const { cookiesOf } = await import('./drivers/better-auth/cookies.ts')
  const { authSampleMails } = await import('./drivers/better-auth/sample-mails.ts')

  measureJobs(queue, metrics)
  const { broker, replication } = engine
  if (broker) metrics.gauge('confab_broker_up', 'Whether RabbitMQ is there.', () => (broker.isUp ? 1 : 0))
  const { inbox, ...records } = await openRecords({ config, statements, clock, log, report }, stack)
  const mailer = inbox ?? queuedMailer(queue, Bun.randomUUIDv7)
  const accountDefaults = config.accounts
  const identity = stack.use(
    await openIdentity({
      database: engine.accounts,
      mailer,
      secret: accountsSecret(secret),
      publicUrl,
      trustedOrigins: origins,
      rules: accountRules({ store, ...records, accountDefaults, clock }),
      providers: config.oidcProviders,
      longestSessionMs: config.longestSessionMs,
      report,
      clock,
      onUserCreated: (user) => store.createUser(user),
    }),
  )
  const { endUnderAnotherSecret } = await import('./drivers/better-auth/another-secret.ts')
  if (await endUnderAnotherSecret(engine.accounts.statements, accountsSecret(secret)))
    log.warn('SECRET is another one than before: everybody signs in anew')
  if (config.demo) await beginDemo(engine)
  const { bus, board, rateLimits, tickets } = await openMeeting(
    { config, store, secret, clock, report },
    stack,
  )
  const kafka = await openKafkaLog({ config, own: engine.log, clock, report }, stack)
  metrics.gauge('confab_bus_cut', '1 while this node is cut off from the others.', () => Number(bus.isCut))
  // By every node: whoever ends a session need not keep sockets.
  stack.defer(identity.onSessionEnded((ended) => announceSessionEnd(bus, ended)))
  stack.use(auditIdentity({ identity, audit: records.audit, rateLimits, report }))
  const receipts = stack.use(openReceiptTeller({ bus, clock }))
  const commits = stack.use(
    openCommitLanes({
      store: measureCommits(store, metrics),
      shards: store.shards,
      callsAtOnce: store.callsAtOnce,
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
    ...records,
    accountDefaults,
    queue,
    mails: mailer,
    commits,
    clock,
    newId: Bun.randomUUIDv7,
    contentSecret: deriveKey(secret, 'message content'),
    report,
  }

  const sessionCookie = cookiesOf(publicUrl).session
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
  if (kafka) measureKafka(kafka, { metrics, group: countingGroup, isCut: gateway && (() => bus.isCut) })
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

async function whileUp({ isUp }: { isUp: boolean }): Promise<void> {
  if (!isUp) throw new Error('away')
}

const smtpSettings = ({ url, from }: NonNullable<Config['smtp']>, publicUrl: string) => ({
  url,
  from: from ?? `Confab <no-reply@${new URL(publicUrl).hostname}>`,
})

function exitStatusOf(error: unknown): number | undefined {
  // A database that fell silent in the middle of a start ends it as one does that never answered.
  if (error instanceof Refusal && error.code === 'overloaded') return 78
  return error instanceof Error && 'exitStatus' in error && typeof error.exitStatus === 'number'
    ? error.exitStatus
    : undefined
}

const missingPage = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Confab: not built yet</title>
<h1>The page is not built yet</h1>
<p>The server runs, its page is missing. Build it with <code>npm run build</code>, then reload; <code>npm start</code> does both.</p>
</html>
`

await main(process.argv.slice(2))
