import { describe, expect, test } from 'bun:test'
import { isKafkaAbsent, testAddress, testKafka } from '../src/drivers/kafka/test-kafka.ts'
import { startOwnRedis } from '../src/drivers/redis/test-redis.ts'
import { doCall, oneTo, openSynced, readLog, sendMany, signInPeople, startGroup } from './people.ts'
import { runServer, startServer, type TestServer } from './start-server.ts'
import { hasEngines, startTwoNodes } from './two-nodes.ts'
import { until } from './until.ts'

if (!isKafkaAbsent)
  describe.skipIf(!hasEngines || testKafka === undefined)('servers with KAFKA_BROKERS', () => {
    test('[KAFKA4] [KAFKA5] [KAFKA6] without Redis sockets follow the log; a relay that is killed is followed by another; all is there to replay', async () => {
      await using redis = await startOwnRedis()
      const address = testAddress()
      await using nodes = await startTwoNodes({
        ...{ redisUrl: redis.url, KAFKA_BROKERS: address, RATE_LIMITS: 'off' },
      })
      const { here, there, settings } = nodes
      const [ann, bob] = await signInPeople(here, 'ann', 'bob')
      const { id } = await startGroup(here, ann, [bob])
      await using anns = await openSynced(here, ann)
      await using bobs = await openSynced(there, bob)
      await sendMany(anns, id, 3)
      await bobs.next('event', ({ seq }) => seq === 5)
      expect((await readiness(there)).body).toEqual({ status: 'ok', down: [] })

      await redis.kill()
      await until(async () => (await metric(there, 'confab_log_heard')) === 1)
      const saidReady = async () => JSON.stringify((await readiness(there)).body)
      await until(async () => (await saidReady()).includes('"following":"kafka"'))
      expect((await readiness(there)).body).toMatchObject({ degraded: ['redis'] })
      await sendMany(anns, id, 3, { from: 4 })
      await bobs.next('event', ({ seq }) => seq === 8)
      expect(await metric(there, 'confab_bus_cut')).toBe(1)

      // It began alone, and so the relay is its.
      await here.stop('SIGKILL')
      await redis.start()
      await sendMany(bobs, id, 3, { from: 7 })
      await until(async () => (await metric(there, 'confab_event_log_relay_lag')) === 0)
      await until(async () => (await metric(there, 'confab_event_log_lag')) === 0)
      expect((await readLog(there, bob, id)).map(({ seq }) => seq)).toEqual(oneTo(11))

      const { status, said } = await runServer(settings, ['replay', '--from', 'start'])
      expect(status).toBe(0)
      const events = said
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ conversationId }) => conversationId === id)
      // What was written when the relay was killed may be there twice.
      expect([...new Set(events.map(({ seq }) => seq))]).toEqual(oneTo(11))
      expect(Object.keys(events[0]).sort()).toEqual([
        'actorId',
        'at',
        'conversationId',
        'epoch',
        'seq',
        'type',
      ])
      const followed = await runServer(settings, ['replay', '--from', 'start', '--group', 'activity'])
      expect({ status: followed.status, errors: followed.errors }).toMatchObject({
        status: 75,
        errors: expect.stringContaining("'activity' is followed now"),
      })
    }, 120_000)
  })

describe('a server without Kafka', () => {
  test('[KAFKA6] the log is replayed from the store; wrong words are refused with the usage', async () => {
    await using server = await startServer({ RATE_LIMITS: 'off' })
    const [ann] = await signInPeople(server, 'ann')
    const { id } = await startGroup(server, ann, [])
    const after = new Date(Date.now() + 60_000).toISOString()
    await doCall(server, ann, `POST /api/v1/conversations/${id}/messages`, { clientId: '1', text: 'Hello' })
    await server.stop()
    const replay = (...words: string[]) => runServer({ DATA_DIR: server.dataDir }, ['replay', ...words])
    const { said } = await replay('--from', 'start')
    const types = said
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type)
    expect(types).toEqual(['member.joined', 'message.created'])
    expect((await replay('--from', after)).said).toBe('')
    for (const words of [[], ['--from', 'yesterday'], ['--to', 'start']])
      expect(await replay(...words)).toMatchObject({ status: 64, errors: expect.stringContaining('usage:') })
  }, 60_000)
})

const readiness = (server: TestServer) => server.call(undefined, 'GET /readyz')

async function metric(server: TestServer, name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1])
}
