import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { closeCode } from '@confab/protocol/close-codes'
import { openPostgres } from '../src/drivers/sql/postgres/connection.ts'
import { openHistoryWatch } from '../src/drivers/sql/postgres/history-watch.ts'
import { createTestDatabase, testPostgresUrl } from '../src/drivers/sql/postgres/test-database.ts'
import { type OwnPostgres, startOwnPostgres } from '../src/drivers/sql/postgres/test-postgres.ts'
import { systemClock } from '../src/lib/clock.ts'
import { personal, signInPeople, startDirect } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { type Person, runServer, startServer, type TestServer } from './start-server.ts'
import { until } from './until.ts'
import { within } from './within.ts'

const secret = { SECRET: 'a secret for tests, and for nothing else' }

// Four starts of PostgreSQL, and two failovers that are noticed.
setDefaultTimeout(120_000)

describe.skipIf(testPostgresUrl === undefined)('a failover of PostgreSQL', () => {
  test('[FAILOVER4] a start that requires a standby is refused where none is given', async () => {
    await using database = await createTestDatabase()
    const open = { ...secret, DATABASE_URL: database.url, DATA_DIR: '/nowhere' }
    expect(await runServer({ ...open, DATABASE_STANDBY: 'required' })).toMatchObject({
      status: 78,
      errors: expect.stringContaining('no synchronous standby is given'),
    })
    await using server = await startServer({ ...secret, DATABASE_URL: database.url })
    expect(await standbyMetric(server)).toBe('0')
  })

  test('[FAILOVER1] [FAILOVER2] [FAILOVER3] [FAILOVER4] to a synchronous standby nothing acknowledged is lost and the epoch stays; to another one the epoch is a new one, once', async () => {
    await using first = await startOwnPostgres()
    await using second = await startOwnPostgres({ standbyOf: { primary: first, name: 'second' } })
    await first.run("ALTER SYSTEM SET synchronous_standby_names = 'second'")
    await first.run('SELECT pg_reload_conf()')

    const hosts = [second, first].map(({ url }) => new URL(url).host).join()
    const address = `postgres://confab@${hosts}/postgres?target_session_attrs=read-write`
    await using server = await startServer({
      ...secret,
      ...{ DATABASE_URL: address, DATABASE_STANDBY: 'required', RATE_LIMITS: 'off' },
      DATABASE_REPLICA_URLS: second.url,
    })
    expect(await standbyMetric(server)).toBe('1')
    const [ana, ben] = await signInPeople(server, 'ana', 'ben')
    const { id } = await startDirect(server, ana, ben)
    const acknowledged: string[] = []
    let sent = 0
    async function send() {
      const clientId = String(++sent)
      const body = { clientId, text: clientId }
      const answer = await server.call(ana, `POST /api/v1/conversations/${id}/messages`, body)
      // 200 where the connection broke in the middle of the commit: asked again, it finds what it had done.
      if (answer.status === 201 || answer.status === 200) acknowledged.push(clientId)
      else
        expect({ status: answer.status, retry: answer.headers.has('retry-after') }).toEqual({
          status: 503,
          retry: true,
        })
      return answer.status
    }
    const expectWhole = async () => {
      const page = await server.call(ben, `GET /api/v1/conversations/${id}/messages?limit=100`)
      const { items } = page.body as { items: { clientId: string }[] }
      const held = items.map(({ clientId }) => clientId)
      expect(held).toEqual([...new Set(held)])
      expect(acknowledged.filter((one) => !held.includes(one))).toEqual([])
    }
    await using socket = await openSocket(server, personal(ana))
    const { epoch } = await socket.next('hello')
    expect(await send()).toBe(201)

    await until(async () => (await degraded(server)).length === 0, 'the replica, fit')
    const page = () => server.call(ben, `GET /api/v1/conversations/${id}/messages`)
    await until(
      async () => (await page()).status === 200 && (await pagesOfReplica(server)) > 0,
      'a page of the replica',
    )

    // While sends are under way, so that some are in the middle of their commit.
    const during = Array.from({ length: 10 }, send)
    await first.kill()
    await promote(second)
    for (const status of await Promise.all(during)) expect([200, 201, 503]).toContain(status)
    await until(async () => (await send()) === 201, '[FAILOVER1] an acknowledgement')
    await expectWhole()
    await until(async () => (await standbyMetric(server)) === '0', '[FAILOVER3] the metric of no standby')
    await server.logs('another server took over')
    // What stood by serves now.
    await until(
      async () => (await degraded(server)).join() === 'standby,replica 1',
      '[FAILOVER3] what /readyz names',
    )

    // Whoever comes next stands by, and no commit waits for it.
    await using third = await startOwnPostgres({
      standbyOf: { primary: second, name: 'third' },
      inPlaceOf: first,
    })
    await using postgres = await openPostgres({
      ...{ url: address, report: () => undefined },
      // However long a failover takes on a busy machine.
      bounds: { connections: 1, patienceMs: 60_000 },
    })
    await using other = await openHistoryWatch({ postgres, clock: systemClock, report: () => undefined })
    expect(other.epoch).toBe(epoch)
    const renewed = Promise.withResolvers<string>()
    other.onNewEpoch(renewed.resolve)
    await using listener = await openSocket(server, personal(ben))
    expect((await listener.next('hello')).epoch).toBe(epoch)
    await second.kill()
    await promote(third)
    expect((await within(listener.closed, '[FAILOVER2] the close', 60_000)).code).toBe(closeCode.draining)
    const next = await within(renewed.promise, '[FAILOVER2] the new epoch', 60_000)
    expect(next).not.toBe(epoch)
    expect(await epochOf(server, ben)).toBe(next)

    await third.kill()
    await third.start()
    await until(async () => (await send()) === 201, '[FAILOVER1] an acknowledgement')
    await using afterwards = await openHistoryWatch({ postgres, clock: systemClock, report: () => undefined })
    expect([afterwards.epoch, other.epoch, await epochOf(server, ben)]).toEqual([next, next, next])
  })
})

async function promote(standby: OwnPostgres): Promise<void> {
  expect(await standby.run('SELECT pg_promote()')).toEqual([{ pg_promote: true }])
}

async function epochOf(server: TestServer, person: Person): Promise<string> {
  await using socket = await openSocket(server, personal(person))
  return (await socket.next('hello')).epoch
}

async function standbyMetric(server: TestServer): Promise<string | undefined> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return /^confab_synchronous_standby (\d)$/m.exec(text)?.[1]
}

async function pagesOfReplica(server: TestServer): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return Number(/^confab_pages_total\{by="copy"\} (\d+)$/m.exec(text)?.[1])
}

async function degraded(server: TestServer): Promise<string[]> {
  const { status, body } = await server.call(undefined, 'GET /readyz')
  expect(status).toBe(200)
  return (body as { degraded?: string[] }).degraded ?? []
}
