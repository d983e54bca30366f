import { describe, expect, test } from 'bun:test'
import { SQL } from 'bun'
import { openPostgres } from '../src/drivers/sql/postgres/connection.ts'
import { migrate } from '../src/drivers/sql/postgres/migrate.ts'
import { createTestDatabase, testPostgresUrl } from '../src/drivers/sql/postgres/test-database.ts'
import { startOwnPostgres } from '../src/drivers/sql/postgres/test-postgres.ts'
import { openCutLine } from './cut-line.ts'
import { personal, signInPeople, startDirect } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { type Person, runServer, startServer, type TestServer } from './start-server.ts'
import { until } from './until.ts'
import { within } from './within.ts'

const secret = { SECRET: 'a secret for tests, and for nothing else' }

describe.skipIf(testPostgresUrl === undefined)('on PostgreSQL', () => {
  test('[RUN12] [RUN22] it serves, says where, and a second server without a bus is refused', async () => {
    await using database = await createTestDatabase({ isNew: true })
    const settings = { ...secret, DATABASE_URL: database.url }
    await using server = await startServer(settings)
    const { host } = new URL(database.url)
    expect(server.said()).toContain(`  data  the database postgres at ${host}\n`)
    const [ana] = await signInPeople(server, 'ana')
    const second = await runServer({ ...settings, DATA_DIR: server.dataDir })
    const why =
      'another server runs on this database: stop it first, or give every server that is to share it REDIS_URL'
    expect(second).toEqual({ status: 78, said: '', errors: `confab: ${why}\n` })
    expect((await server.call(ana, 'GET /api/v1/me')).status).toBe(200)
  })

  test('[RUN8] [RUN10] the next server has everything; a new epoch is refused while one runs', async () => {
    await using database = await createTestDatabase()
    const settings = { ...secret, DATABASE_URL: database.url }
    const renew = () => runServer({ ...settings, DATA_DIR: '/nowhere' }, ['epoch', 'new'])
    const epochOf = async (server: TestServer, person: Person) => {
      await using socket = await openSocket(server, personal(person))
      return (await socket.next('hello')).epoch
    }

    const first = await startServer(settings)
    const [ana, ben] = await signInPeople(first, 'ana', 'ben')
    const { id } = await startDirect(first, ana, ben)
    const send = { clientId: 'c1', text: 'kept' }
    const sent = await first.call(ana, `POST /api/v1/conversations/${id}/messages`, send)
    expect(sent.status).toBe(201)
    const epoch = await epochOf(first, ana)
    expect((await renew()).status).toBe(78)
    await first[Symbol.asyncDispose]()

    await using second = await startServer(settings)
    expect(await epochOf(second, ana)).toBe(epoch)
    const again = await second.call(ana, `POST /api/v1/conversations/${id}/messages`, send)
    expect({ status: again.status, body: again.body }).toEqual({ status: 200, body: sent.body })
    await second.stop()
    expect(await renew()).toMatchObject({ status: 0, errors: '' })
    await using third = await startServer(settings)
    expect(await epochOf(third, ana)).not.toBe(epoch)
  })

  test('[RUN23] a database that is not there is one line, without the password, and status 78', async () => {
    await using line = await openCutLine(targetOf(testPostgresUrl ?? ''))
    await line.cut()
    const url = `postgres://confab:hush@127.0.0.1:${line.port}/chat`
    const { status, errors, said } = await runServer({ ...secret, DATABASE_URL: url, DATA_DIR: '/nowhere' })
    expect({ status, said }).toEqual({ status: 78, said: '' })
    expect(errors).toStartWith(`confab: the database chat at 127.0.0.1:${line.port} can't be used: `)
    expect(errors.trimEnd().split('\n')).toHaveLength(1)
    expect(errors).not.toContain('hush')
  })

  test('[RUN23] one that falls silent during the start is one line, and the same status', async () => {
    await using database = await createTestDatabase()
    await using line = await openCutLine(targetOf(database.url))
    const url = new URL(database.url)
    url.port = String(line.port)
    await using own = await openPostgres({ url: database.url, bounds: { connections: 2 } })
    await migrate(own)
    // Whoever starts waits behind this one, and the line hears no more while it does.
    const { promise: isOver, resolve: end } = Promise.withResolvers<void>()
    await using sql = new SQL(database.url, { max: 1 })
    const holding = sql.begin(async (holder) => {
      await holder.unsafe('LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE')
      await isOver
    })
    const started = runServer({ ...secret, DATABASE_URL: url.href, DATA_DIR: '/nowhere' })
    const waiting = `SELECT count(*)::int AS answer FROM pg_locks
      WHERE NOT granted AND relation = 'schema_migrations'::regclass`
    await until(async () => (await own.ask<number>(waiting)) === 1, 'the start to wait')
    line.hush()
    const { status, errors, said } = await started
    end()
    await holding
    expect({ status, said }).toEqual({ status: 78, said: '' })
    expect(errors).toContain('confab: The database is away just now: try again\n')
    expect(errors).not.toContain('nobody caught this')
  })

  test('[RUN23] a certificate that cannot be read is one line, and status 78', async () => {
    const url = new URL(testPostgresUrl ?? '')
    url.searchParams.set('sslmode', 'verify-full')
    url.searchParams.set('sslrootcert', '/nowhere/ca.pem')
    const { status, errors } = await runServer({ ...secret, DATABASE_URL: url.href, DATA_DIR: '/nowhere' })
    expect(errors).toMatch(/^confab: sslrootcert of the database's address can't be read: .*ca\.pem'?\n$/)
    expect(status).toBe(78)
  })

  // At once, since each waits for most of its time for the server to lose patience.
  for (const how of ['away', 'silent'] as const) {
    test.concurrent(`[RUN24] while it is ${how} what needs it is refused with a time to come back, and nothing is lost`, async () => {
      await using database = await createTestDatabase()
      await using line = await openCutLine(targetOf(database.url))
      const url = new URL(database.url)
      url.port = String(line.port)
      await using server = await startServer({ ...secret, DATABASE_URL: url.href })
      const [ana, ben] = await signInPeople(server, 'ana', 'ben')
      const { id } = await startDirect(server, ana, ben)
      const send = (clientId: string) =>
        server.call(ana, `POST /api/v1/conversations/${id}/messages`, { clientId, text: clientId })
      expect((await send('before')).status).toBe(201)

      if (how === 'silent') line.hush()
      else await line.cut()
      const beganAt = performance.now()
      const asked = await Promise.all([
        send('during'),
        server.call(ana, 'GET /api/v1/me'),
        server.call(undefined, 'POST /api/auth/sign-in/email-otp', { email: ana.email, otp: '000000' }),
      ])
      expect(performance.now() - beganAt).toBeLessThan(15_000)
      for (const { status, headers, body } of asked) {
        expect({ status, body }).toMatchObject({ status: 503, body: { code: 'overloaded' } })
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
      }
      const readiness = await server.call(undefined, 'GET /readyz')
      expect({ status: readiness.status, body: readiness.body }).toEqual({
        status: 503,
        body: { status: 'down', down: ['store'] },
      })

      await line.mend()
      expect((await send('before')).status).toBe(200)
      // Silent, it may have heard what nobody waits for any more.
      expect((await send('during')).status).toBeOneOf(how === 'silent' ? [200, 201] : [201])
      expect((await server.call(undefined, 'GET /readyz')).status).toBe(200)
      const history = await server.call(ben, `GET /api/v1/conversations/${id}/messages`)
      const { items } = history.body as { items: { clientId: string }[] }
      expect(items.map(({ clientId }) => clientId)).toEqual(['before', 'during'])
      expect(server.log()).toContain('does not answer')
    })
  }

  test.concurrent('[RUN24] one that is frozen is refused likewise, and when it goes on each send is there once', async () => {
    await using postgres = await startOwnPostgres()
    await using server = await startServer({ ...secret, DATABASE_URL: postgres.url })
    const [ana, ben] = await signInPeople(server, 'ana', 'ben')
    const { id } = await startDirect(server, ana, ben)
    const send = (clientId: string) =>
      server.call(ana, `POST /api/v1/conversations/${id}/messages`, { clientId, text: clientId })
    expect((await send('before')).status).toBe(201)
    postgres.freeze()
    const beganAt = performance.now()
    const { status, headers } = await within(send('during'), 'the refusal')
    expect({ status, retry: headers.has('retry-after') }).toEqual({ status: 503, retry: true })
    expect(performance.now() - beganAt).toBeLessThan(15_000)
    postgres.thaw()
    expect((await send('during')).status).toBeOneOf([200, 201])
    expect((await send('after')).status).toBe(201)
    const history = await server.call(ben, `GET /api/v1/conversations/${id}/messages`)
    const { items } = history.body as { items: { clientId: string }[] }
    expect(items.map(({ clientId }) => clientId)).toEqual(['before', 'during', 'after'])
  })
})

const targetOf = (url: string) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) })
