import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { connect } from 'amqplib'
import { systemClock } from '../../lib/clock.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import { freePort } from '../../lib/test-port.ts'
import { testCertificate, testClientCertificate } from '../smtp/test-certificate.ts'
import { openDatabase } from '../sql/database.ts'
import { jobTable } from '../sql/job-table.ts'
import { migrate } from '../sql/migrate.ts'
import { openRabbitQueue, type RabbitQueue } from './queue.ts'
import { openCable, startTestBroker, type TestBroker } from './test-broker.ts'

// A broker takes seconds to start.
setDefaultTimeout(240_000)

const amqpUrl = process.env.TEST_AMQP_URL
const key = new Uint8Array(32).fill(1)
const report = () => undefined
const mail = (payload: string) => ({ kind: 'mail', payload }) as const

function openJobs() {
  const database = openDatabase({ file: ':memory:' })
  migrate(database, { now: () => 0 })
  return jobTable(database, key)
}

const openQueue = (urls: string[], onTrouble: () => void = report): RabbitQueue =>
  openRabbitQueue({
    urls,
    name: `test-${crypto.randomUUID()}`,
    jobs: openJobs(),
    clock: systemClock,
    report: () => onTrouble(),
  })

describe.skipIf(amqpUrl === undefined)('RabbitMQ in trouble', () => {
  // Started once for all: each test leaves it as it has found it, up and in nobody's way.
  let broker: TestBroker
  let tlsPort: number
  beforeAll(async () => {
    tlsPort = await freePort()
    broker = await startTestBroker({
      files: {
        enabled_plugins: '[rabbitmq_auth_mechanism_ssl].',
        'key.pem': testCertificate.key,
        'cert.pem': testCertificate.cert,
        'client-key.pem': testClientCertificate.key,
        'client.pem': testClientCertificate.cert,
      },
      settings: ({ folder }) => [
        `listeners.ssl.1 = 127.0.0.1:${tlsPort}`,
        `ssl_options.cacertfile = ${folder}/cert.pem`,
        `ssl_options.certfile = ${folder}/cert.pem`,
        `ssl_options.keyfile = ${folder}/key.pem`,
        'ssl_options.verify = verify_peer',
        'ssl_options.fail_if_no_peer_cert = true',
        'auth_mechanisms.1 = PLAIN',
        'auth_mechanisms.2 = EXTERNAL',
        'ssl_cert_login_from = common_name',
        // As the client's certificate has it.
        'default_user = client',
        'default_pass = hush',
      ],
    })
  })
  afterAll(() => broker[Symbol.asyncDispose]())
  const plainUrl = () => `amqp://client:hush@127.0.0.1:${broker.port}`

  test('[QUEUE15] killed in the middle, away, or back with nothing: who adds waits for nobody, and all is done', async () => {
    await using queue = openQueue([plainUrl()])
    const done = new Set<string>()
    const begun = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    await using _ = queue.work('mail', { atOnce: 2 }, async ({ payload }) => {
      begun.resolve()
      await held.promise
      done.add(payload)
    })
    const add = async (from: number, to: number) => {
      for (let number = from; number < to; number++) await queue.add(mail(`${number}`))
    }
    await add(0, 50)
    await begun.promise
    await broker.kill()
    await add(50, 100)
    expect((await queue.counts()).waiting).toBe(100)
    held.resolve()
    await broker.start()
    await queue.settle()
    expect(done.size).toBe(100)

    // Handed over and confirmed, but for a worker that isn't there; then the broker forgets them.
    await queue.add({ kind: 'export', payload: 'kept' })
    await queue.settle()
    await broker.kill()
    await broker.empty()
    await broker.start()
    await using __ = queue.work('export', { atOnce: 1 }, async ({ payload }) => void done.add(payload))
    await queue.settle()
    expect([done.has('kept'), await queue.counts()]).toEqual([true, { waiting: 0, dead: 0 }])
  })

  test('[QUEUE15] frozen, it holds up nobody who adds and is given up; when it goes on, all is done', async () => {
    let heardTrouble: () => void = report
    // A few seconds of silence end it, in place of twenty.
    await using queue = openQueue([`${plainUrl()}?heartbeat=3`], () => heardTrouble())
    const done = new Set<string>()
    await using _ = queue.work('mail', { atOnce: 2 }, async ({ payload }) => void done.add(payload))
    await queue.add(mail('before'))
    await queue.settle()
    await broker.freeze()
    for (let number = 0; number < 300; number++) await queue.add(mail(`${number}`))
    expect([done.size, (await queue.counts()).waiting]).toEqual([1, 300])
    while (queue.isUp) await new Promise<void>((resolve) => (heardTrouble = resolve))
    await broker.thaw()
    await queue.settle()
    expect([done.size, await queue.counts()]).toEqual([301, { waiting: 0, dead: 0 }])
  })

  test('[QUEUE13] of several brokers one that is there serves; by TLS where certificates say who is who', async () => {
    const at = (words: string, user = 'client:hush@') => `amqps://${user}localhost:${tlsPort}/?${words}`
    const pem = (word: string, name: string) => `${word}=${encodeURIComponent(broker.file(name))}`
    const authority = pem('cacertfile', 'cert.pem')
    const own = `${pem('certfile', 'client.pem')}&${pem('keyfile', 'client-key.pem')}`
    const failures: string[] = []
    const serves = async (urls: string[]) => {
      const failed = Promise.withResolvers<boolean>()
      const reported = (_: string, cause: unknown) => {
        failures.push(cause instanceof Error ? cause.message : String(cause))
        failed.resolve(false)
      }
      await using queue = openRabbitQueue({
        urls,
        name: 'tls',
        jobs: openJobs(),
        clock: systemClock,
        report: urls.length > 1 ? report : reported,
      })
      const done = Promise.withResolvers<boolean>()
      await using _ = queue.work('mail', { atOnce: 1 }, async () => done.resolve(true))
      await queue.add(mail('1'))
      return await Promise.race([done.promise, failed.promise])
    }
    expect(await serves([at(authority)])).toBe(false)
    expect(await serves([at(own)])).toBe(false)
    expect(await serves([at(`${authority}&${own}`)])).toBe(true)
    expect(failures).toHaveLength(2)
    const external = 'auth_mechanism=external'
    expect(await serves([at(`${authority}&${own}&${external}`, '')])).toBe(true)
    expect(await serves([at(`${authority}&${own}`, 'client:wrong@')])).toBe(false)
    expect(failures[2]).toContain('ACCESS_REFUSED')
    expect(await serves(['amqp://127.0.0.1:1', at(`${authority}&${own}`), 'amqp://127.0.0.1:2'])).toBe(true)
  })
})

describe.skipIf(amqpUrl === undefined)('several nodes and one RabbitMQ', () => {
  test('[QUEUE11] one does a job; what a node was at when it was cut off is done by another after a minute', async () => {
    const name = `test-${crypto.randomUUID()}`
    const jobs = openJobs()
    await using cable = await openCable(Number(new URL(amqpUrl ?? '').port))
    const [clock, later] = [manualClock(), manualClock()]
    await using dying = openRabbitQueue({ urls: [cable.url], name, jobs, clock, report })
    await using other = openRabbitQueue({ urls: [amqpUrl ?? ''], name, jobs, clock: later, report })
    const done: string[] = []
    const held = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    await using _ = dying.work('mail', { atOnce: 1 }, async () => {
      begun.resolve()
      await held.promise
      throw new Error('nobody hears it')
    })
    await dying.add(mail('a'))
    await begun.promise
    await using __ = other.work('mail', { atOnce: 1 }, async ({ payload }) => void done.push(payload))
    await other.add(mail('b'))
    await other.settle()
    expect(done).toEqual(['b'])

    cable.cut()
    await other.add(mail('c'))
    await other.settle()
    expect(done).toEqual(['b', 'c'])
    later.advance(60_001)
    await other.settle()
    expect(done).toEqual(['b', 'c', 'a'])
    held.resolve()
  })

  test('[QUEUE14] what lies at the broker tells which job is meant, and nothing of what it says', async () => {
    const name = `test-${crypto.randomUUID()}`
    const clock = manualClock()
    await using queue = openRabbitQueue({ urls: [amqpUrl ?? ''], name, jobs: openJobs(), clock, report })
    await queue.add(mail('the code is 123456'))
    await queue.settle()
    const connection = await connect(amqpUrl ?? '')
    const channel = await connection.createChannel()
    const message = await channel.get(`${name}.mail`)
    expect(message && JSON.parse(message.content.toString())).toEqual({
      num: 1,
      kind: 'mail',
      dueAt: clock.now(),
    })
    await connection.close()
  })
})
