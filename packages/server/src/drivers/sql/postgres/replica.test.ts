import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import { systemClock } from '../../../lib/clock.ts'
import type { Report } from '../../../lib/report.ts'
import { openWorld } from '../../../ports/store-contract/world.contract.ts'
import { type PageCounts, replicatedPages } from '../replicated-pages.ts'
import { openPostgres } from './connection.ts'
import { openHistoryWatch } from './history-watch.ts'
import { openPostgresStore } from './postgres-store.ts'
import { openReplica, type Replica } from './replica.ts'
import { testPostgresUrl } from './test-database.ts'
import { startOwnPostgres } from './test-postgres.ts'

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
    return { primary, standby: servers.use(await startOwnPostgres({ standbyOf: { primary, name: 'one' } })) }
  })()
  afterAll(() => servers.disposeAsync())

  /** A store that asks these for pages, and a world on it. */
  async function openReplicated(urls: readonly string[], report: Report = () => undefined) {
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
              bounds: replicaBounds,
            }),
          ),
        )
        const pages = replicatedPages({ primary: primaryPages, copies: replicas, clock, bounds })
        counts = pages.counts
        return { history: pages.history, events: pages.events }
      },
    })
    const world = await openWorld(async () => ({
      store,
      reopen: () => Promise.reject(new Error('not reopened')),
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    }))
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
    await using opened = await openReplicated([primary.url, standby.url], (context, cause) => {
      told.push(`${context}: ${cause instanceof Error ? cause.message : cause}`)
    })
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
})
