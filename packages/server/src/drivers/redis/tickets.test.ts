import { describe, expect, test } from 'bun:test'
import { person, ticketsContract } from '../../ports/tickets.contract.ts'
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
    const keys = await engine.commands.client.keys('*')
    expect(keys).toHaveLength(2)
    expect(keys.filter((key) => key.includes(ticket))).toEqual([])
    await redis.kill()
    const own = await tickets.issue(person(1))
    expect(await tickets.redeem(own.ticket)).toEqual(person(1))
    expect(await tickets.redeem(own.ticket)).toBeUndefined()
    expect(await tickets.redeem(ticket)).toBeUndefined()
  })
})
