import { testRedisUrl, testUrl } from '../src/drivers/redis/test-redis.ts'
import { createTestDatabase, testPostgresUrl } from '../src/drivers/sql/postgres/test-database.ts'
import { startServer, type TestServer } from './start-server.ts'

/** Whether there is what two nodes share. */
export const hasEngines = testPostgresUrl !== undefined && testRedisUrl !== undefined

export interface TwoNodes extends AsyncDisposable {
  here: TestServer
  there: TestServer
  /** As which both were started; a third one may join them. */
  settings: Record<string, string>
}

/** Two servers on one PostgreSQL and one Redis, which may be the test's own. */
export async function startTwoNodes({
  redisUrl = testUrl(),
  ...further
}: Record<string, string> & { redisUrl?: string } = {}): Promise<TwoNodes> {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase())
  const settings = {
    SECRET: 'a secret for tests, and for nothing else',
    DATABASE_URL: database.url,
    REDIS_URL: redisUrl,
    // One address for both, as a proxy before them has.
    PUBLIC_URL: 'http://localhost:9',
    ...further,
  }
  const start = async () => stack.use(await startServer(settings))
  const here = await start()
  const there = await start()
  return { here, there, settings, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}
