import { describe, expect, test } from 'bun:test'
import type { Report } from '../../lib/report.ts'
import { person, ticketsContract } from '../../ports/tickets.contract.ts'
import { openRedisBus } from './bus.ts'
import { openRedisPresence } from './presence.ts'
import { presenceScripts } from './presence-scripts.ts'
import { openRedis } from './redis.ts'
import { startOwnRedis, testRedisUrl, testUrl } from './test-redis.ts'
import { ticketScripts } from './ticket-scripts.ts'
import { openRedisTickets } from './tickets.ts'

const report = () => undefined

describe.skipIf(testRedisUrl === undefined)('on a real server', () => {
  ticketsContract(async ({ clock }) => {
    const engine = await openRedis({ url: testUrl(), scripts: ticketScripts, report })
    const open = () => openRedisTickets(engine, { now: clock.now })
    return { here: open(), there: open(), [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() }
  })

  test('[GW15] while the engine is down a ticket is good on its own node; the engine keeps none as it was given', async () => {
    await using redis = await startOwnRedis()
    await using engine = await openRedis({ url: redis.url, scripts: ticketScripts, report })
    await using tickets = openRedisTickets(engine)
    const { ticket } = await tickets.issue(person(1))
    const keys = await engine.commands.clientOf('').keys('*')
    expect(keys).toHaveLength(2)
    expect(keys.filter((key) => key.includes(ticket))).toEqual([])
    await redis.kill()
    const own = await tickets.issue(person(1))
    expect(await tickets.redeem(own.ticket)).toEqual(person(1))
    expect(await tickets.redeem(own.ticket)).toBeUndefined()
    expect(await tickets.redeem(ticket)).toBeUndefined()
  })

  test('[REDIS7] what an engine refuses is reported once for many, and without what was to be written', async () => {
    await using redis = await startOwnRedis('--min-replicas-to-write', '1')
    const told: unknown[] = []
    const note: Report = (context, cause) => told.push([context, cause])
    await using engine = await openRedis({
      ...{ url: redis.url, report: note },
      scripts: [...ticketScripts, ...presenceScripts],
    })
    await using bus = await openRedisBus(engine)
    await using tickets = openRedisTickets(engine)
    await using board = await openRedisPresence(engine, { bus, store: { presences: async () => [] } })
    for (const one of [person(1), person(2)]) {
      await tickets.issue(one)
      await board.connect(one.userId, 'phone')
    }
    expect(told).toEqual([
      ['redis: a ticket is known to its node alone', expect.any(Error)],
      ['redis: presence is not written yet', expect.any(Error)],
    ])
    const [text, { userId, sessionId }] = [Bun.inspect(told), person(1)]
    expect([userId, sessionId].filter((id) => text.includes(id))).toEqual([])
    expect(text).toContain('NOREPLICAS')
  })
})
