import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultLimits } from '@confab/protocol/limits'
import { systemClock } from '../../../lib/clock.ts'
import type { Report } from '../../../lib/report.ts'
import { openWorldOn } from '../../../ports/store-contract/world.contract.ts'
import { testCertificate, testClientCertificate } from '../../smtp/test-certificate.ts'
import { type PageCounts, replicatedPages } from '../replicated-pages.ts'
import { openPostgres } from './connection.ts'
import { openHistoryWatch } from './history-watch.ts'
import { openPostgresStore } from './postgres-store.ts'
import { openReplica, type Replica } from './replica.ts'
import { testPostgresUrl } from './test-database.ts'
import { type OwnPostgres, startOwnPostgres } from './test-postgres.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

const clock = systemClock
/** However busy the machine is: what is late is another test's. */
const bounds = { answerWithinMs: 30_000 }
const replicaBounds = { statementMs: 30_000, connectMs: 30_000, silentMs: 15_000, behindMsMax: 60_000 }

describe.skipIf(testPostgresUrl === undefined)('read replicas of PostgreSQL', () => {
  const servers = new AsyncDisposableStack()
  const started = (async () => {
    if (testPostgresUrl === undefined) throw new Error('no PostgreSQL to test with')
    const primary = servers.use(await startOwnPostgres())
    await askForCertificates(primary)
    return { primary, standby: servers.use(await startOwnPostgres({ standbyOf: { primary, name: 'one' } })) }
  })()
  afterAll(() => servers.disposeAsync())

  /** A store that asks these for pages, and a world on it. */
  async function openReplicated(
    urls: readonly string[],
    { report = () => undefined, isPatient = true }: { report?: Report; isPatient?: boolean } = {},
  ) {
    const { primary, standby } = await started
    const stack = new AsyncDisposableStack()
    const postgres = stack.use(await openPostgres({ url: primary.url, bounds: { connections: 2 } }))
    const history = stack.use(await openHistoryWatch({ postgres, clock, report }))
    let replicas: Replica[] = []
    let counts: PageCounts | undefined
    const store = await openPostgresStore({
      ...{ postgres, history, limits: defaultLimits },
      replicate(primaryPages, texts) {
        replicas = urls.map((url, index) =>
          stack.use(
            openReplica({
              ...{ url, name: `replica ${index + 1}`, connections: 2, texts, history, clock, report },
              ...(isPatient && { bounds: replicaBounds }),
            }),
          ),
        )
        const pages = replicatedPages({
          primary: primaryPages,
          copies: replicas,
          clock,
          ...(isPatient && { bounds }),
        })
        counts = pages.counts
        return { history: pages.history, events: pages.events }
      },
    })
    const world = await openWorldOn(store, () => store[Symbol.asyncDispose]())
    const [ann, bob] = [await world.user('Ann'), await world.user('Bob')]
    const conversationId = await world.group([ann, bob])
    return {
      ...{ world, store, history, replicas, ann, conversationId },
      counts: () => counts,
      /** The standby has everything that was committed before. */
      async caughtUp() {
        const [{ place } = { place: '' }] = (await primary.run(
          'SELECT pg_current_wal_flush_lsn()::text AS place',
        )) as { place: string }[]
        const isThere = `SELECT pg_last_wal_replay_lsn() >= '${place}' AS is`
        while (JSON.stringify(await standby.run(isThere)) !== '[{"is":true}]');
      },
      /** Texts of the latest page, as a member who was just let in reads it. */
      async texts() {
        const standing = await store.standing(conversationId, ann)
        const { messages } = await store.history({
          ...{ conversationId, viewerId: ann, limit: 10 },
          atLeast: standing,
        })
        return messages.map(({ text }) => text)
      },
      /** Until a look has found so; each question to the standby takes its time. */
      async looked(fits: readonly boolean[]) {
        while (JSON.stringify(replicas.map(({ isFit }) => isFit)) !== JSON.stringify(fits))
          await primary.run('SELECT 1')
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  }

  test('[REPLICA4] what was deleted or edited is not served by a replica that has not heard of it', async () => {
    const { standby } = await started
    await using opened = await openReplicated([standby.url])
    const { world, conversationId, ann, texts, counts } = opened
    const secret = await world.send(conversationId, ann, { text: 'secret' })
    const draft = await world.send(conversationId, ann, { text: 'draft' })
    await opened.caughtUp()
    await opened.looked([true])
    expect(await texts()).toEqual(['secret', 'draft'])
    expect(counts()).toMatchObject({ copy: 1, primary: 0 })

    await standby.run('SELECT pg_wal_replay_pause()')
    const at = { conversationId, actorId: ann, at: world.now }
    await world.done({ write: 'message.delete', ...at, seq: secret.seq })
    expect(await texts()).toEqual(['', 'draft'])
    await world.done({ write: 'message.edit', ...at, seq: draft.seq, text: 'final' })
    expect(await texts()).toEqual(['', 'final'])
    expect(counts()).toMatchObject({ copy: 1, behind: 2, primary: 2 })
    // Read there by who is content with what was, it still has the old ones: they were not served.
    const stale = {
      ...(await world.store.standing(conversationId, ann)),
      head: 1,
      lineage: opened.history.lineage,
    }
    const page = { conversationId, viewerId: ann, limit: 10, atLeast: stale }
    expect((await world.store.history(page)).messages.map(({ text }) => text)).toEqual(['secret', 'draft'])

    await standby.run('SELECT pg_wal_replay_resume()')
    await opened.caughtUp()
    expect(await texts()).toEqual(['', 'final'])
    expect(counts()).toMatchObject({ copy: 3, behind: 2, primary: 2 })
  })

  test('[REPLICA5] what is no replica of this history is left out, and told once', async () => {
    const { primary, standby } = await started
    const told: string[] = []
    const report: Report = (context, cause) =>
      told.push(`${context}: ${cause instanceof Error ? cause.message : cause}`)
    await using opened = await openReplicated([primary.url, standby.url], { report })
    await opened.looked([false, true])
    await opened.world.send(opened.conversationId, opened.ann, { text: 'hello' })
    await opened.caughtUp()
    for (let times = 0; times < 4; times++) expect(await opened.texts()).toEqual(['hello'])
    expect(opened.counts()).toMatchObject({ copy: 4, failed: 0 })
    expect(told).toEqual(['replica 1 is left out: it is no replica: it takes writes'])
  })

  test('[REPLICA6] one that is killed is left out, and asked again when it is back', async () => {
    const { primary, standby } = await started
    await using opened = await openReplicated([standby.url])
    await opened.world.send(opened.conversationId, opened.ann, { text: 'hello' })
    await opened.caughtUp()
    await opened.looked([true])
    expect(await opened.texts()).toEqual(['hello'])
    await standby.kill()
    expect(await opened.texts()).toEqual(['hello'])
    await opened.looked([false])
    expect(opened.counts()).toMatchObject({ copy: 1, primary: 1 })
    await standby.start()
    await opened.looked([true])
    // It may have come back a little behind.
    while (opened.replicas.some(({ behindMs }) => behindMs > 0)) await primary.run('SELECT 1')
  })

  test('[REPLICA7] one that is frozen holds nobody up for long, is left out, and serves again after', async () => {
    const { standby } = await started
    await using opened = await openReplicated([standby.url], { isPatient: false })
    const { texts, counts } = opened
    await opened.world.send(opened.conversationId, opened.ann, { text: 'hello' })
    await opened.caughtUp()
    const untilServed = async () => {
      const before = counts()?.copy ?? 0
      while (counts()?.copy === before) expect(await texts()).toEqual(['hello'])
    }
    await untilServed()

    standby.freeze()
    const before = counts()?.failed ?? 0
    let longestMs = 0
    while (opened.replicas.some(({ isFit }) => isFit)) {
      const askedAt = performance.now()
      expect(await texts()).toEqual(['hello'])
      longestMs = Math.max(longestMs, performance.now() - askedAt)
    }
    const failed = counts()?.failed ?? 0
    expect(failed).toBeGreaterThan(before)
    // A quarter of a second, and what a busy machine adds.
    expect(longestMs).toBeLessThan(5_000)
    for (let times = 0; times < 20; times++) expect(await texts()).toEqual(['hello'])
    expect(counts()?.failed).toBe(failed)

    standby.thaw()
    await untilServed()
  })

  test('[POSTGRES11] [REPLICA8] by TLS whom the address says is trusted, by its name, and nobody else; a password and a certificate are shown', async () => {
    const { primary, standby } = await started
    await using folder = await openFolder({
      'authority.pem': testCertificate.cert,
      'own.pem': testClientCertificate.cert,
      'own-key.pem': testClientCertificate.key,
    })
    const at = ({ url }: OwnPostgres, words: Record<string, string>, host = 'localhost') =>
      `postgres://sealed:hush@${host}:${new URL(url).port}/postgres?${new URLSearchParams(words)}`
    const full = { sslmode: 'verify-full' }
    const authority = { sslrootcert: join(folder.path, 'authority.pem') }
    const own = { sslcert: join(folder.path, 'own.pem'), sslkey: join(folder.path, 'own-key.pem') }
    const isTls = 'SELECT ssl AS answer FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
    const bounds = { connections: 1, patienceMs: 0 }
    const connects = async (url: string) => {
      await using postgres = await openPostgres({ url, bounds, report: () => undefined })
      return await postgres.ask<boolean>(isTls)
    }
    expect(await connects(at(primary, { ...full, ...authority, ...own }))).toBe(true)
    // As a server of another name: nowhere does the certificate say 0.0.0.0.
    for (const refused of [
      at(primary, { ...full, ...own }),
      at(primary, { ...full, ...authority }),
      at(primary, { ...full, ...authority, ...own }, '0.0.0.0'),
      at(primary, { ...full, ...authority, ...own }).replace('hush', 'wrong'),
      at(primary, { sslmode: 'disable' }),
    ])
      await expect(connects(refused)).rejects.toThrow("can't be used")

    const replicas = [{ ...authority, ...own }, own].map((words) => at(standby, { ...full, ...words }))
    await using opened = await openReplicated(replicas)
    await opened.world.send(opened.conversationId, opened.ann, { text: 'hello' })
    await opened.caughtUp()
    await opened.looked([true, false])
    expect(await opened.texts()).toEqual(['hello'])
    expect(opened.counts()).toMatchObject({ copy: 1, failed: 0 })
  })
})

/** TLS for who wants it; `sealed` is let in by it alone, with a password and a certificate. */
async function askForCertificates(postgres: OwnPostgres): Promise<void> {
  await postgres.write('tls.pem', testCertificate.cert)
  await postgres.write('tls-key.pem', testCertificate.key)
  const here = '127.0.0.1/32'
  const doors = [
    `hostssl all sealed ${here} scram-sha-256 clientcert=verify-ca`,
    `host all sealed ${here} reject`,
    `host all,replication all ${here} trust`,
  ]
  await postgres.write('pg_hba.conf', doors.join('\n'))
  for (const setting of [
    "ssl_cert_file = 'tls.pem'",
    "ssl_key_file = 'tls-key.pem'",
    "ssl_ca_file = 'tls.pem'",
  ])
    await postgres.run(`ALTER SYSTEM SET ${setting}`)
  await postgres.run('ALTER SYSTEM SET ssl = on')
  await postgres.run("CREATE ROLE sealed SUPERUSER LOGIN PASSWORD 'hush'")
  await postgres.run('SELECT pg_reload_conf()')
}

async function openFolder(files: Record<string, string>) {
  const path = await mkdtemp(join(tmpdir(), 'confab-tls-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}
