import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { openPostgres } from './connection.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

/** Of the server, with a code of PostgreSQL's: as it refuses in some state that it is not in here. */
const refuse = (code: string) => `DO $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '${code}'; END $$`
const readOnly = '25006'
const deadlock = '40P01'
const tooManyConnections = '53300'

describe.skipIf(testPostgresUrl === undefined)('connections to PostgreSQL', () => {
  test('[POSTGRES9] many statements that a standby refuses connect anew once, and not each', async () => {
    await using database = await createTestDatabase()
    await using watching = await openPostgres({ url: testPostgresUrl ?? '', bounds: { connections: 1 } })
    const user = new URL(database.url).username
    const there = async () =>
      (
        await watching.rows<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE usename = '${user}'`)
      ).map(({ pid }) => pid)
    const bounds = { connections: 2, patienceMs: 500 }
    await using postgres = await openPostgres({ url: database.url, bounds, report: () => undefined })
    const before = await there()

    const refused = Promise.allSettled(Array.from({ length: 100 }, () => postgres.rows(refuse(readOnly))))
    let most = 0
    let isOver = false
    void refused.then(() => {
      isOver = true
    })
    while (!isOver) most = Math.max(most, (await there()).length)
    for (const one of await refused)
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'overloaded' } })
    // Two that are left, two in their place; and more seconds on a busy machine,
    // where each ends a while later.
    expect(most).toBeLessThanOrEqual(10)
    expect(before).not.toContain((await postgres.ask<number>('SELECT pg_backend_pid() AS answer')) ?? 0)
  })

  test('[POSTGRES10] of several hosts the others are asked where one is no primary, and not where it is busy', async () => {
    await using database = await createTestDatabase()
    let asked = 0
    // It never answers, and is left after a second.
    using silent = Bun.listen({
      ...{ hostname: '127.0.0.1', port: 0 },
      socket: { open: () => void asked++, data: () => undefined },
    })
    const url = new URL(database.url)
    const hosts = `${url.host},127.0.0.1:${silent.port}`
    await using postgres = await openPostgres({
      url: `postgres://${url.username}@${hosts}${url.pathname}?target_session_attrs=read-write`,
      bounds: { connections: 1, patienceMs: 0 },
      report: () => undefined,
    })
    expect(asked).toBe(1)
    for (const code of [deadlock, tooManyConnections])
      await expect(postgres.rows(refuse(code))).rejects.toMatchObject({ code: 'overloaded' })
    expect(asked).toBe(1)
    await expect(postgres.rows(refuse(readOnly))).rejects.toMatchObject({ code: 'overloaded' })
    expect(asked).toBe(2)
  })

  test('[RUN24] a script whose connection breaks is refused with a time to come back, as all else', async () => {
    await using database = await createTestDatabase()
    const report = () => undefined
    await using postgres = await openPostgres({ url: database.url, bounds: { connections: 1 }, report })
    const broken = postgres.script('SELECT pg_terminate_backend(pg_backend_pid())')
    await expect(broken).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 2_000 })
    expect(await postgres.script('SELECT 1')).toBeUndefined()
  })
})
