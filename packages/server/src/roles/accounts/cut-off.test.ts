import { expect, test } from 'bun:test'
import { type AccountsServer, startAccounts } from '../../../test/accounts-server.ts'
import { until } from '../../../test/until.ts'

const me = '/api/v1/me'

/** Ann, whose suspension and erasure are cut off where the accounts begin, as long as that is stuck. */
async function begin(server: AccountsServer) {
  const root = await server.signIn('root@example.com')
  const [ann, bob] = [await server.signIn('ann@example.com'), await server.signIn('bob@example.com')]
  const { database } = server
  for (const [name, what] of [
    ['auth_session', 'userId'],
    ['auth_user', 'id'],
  ])
    database.run(
      `CREATE TRIGGER stuck_${name} BEFORE DELETE ON ${name} WHEN OLD.${what} = '${ann.id}'
        BEGIN SELECT RAISE(ABORT, 'stuck'); END`,
    )
  return {
    root,
    ann,
    bob,
    setFree() {
      for (const name of ['auth_session', 'auth_user']) database.run(`DROP TRIGGER stuck_${name}`)
    },
    comesIn: async () => (await ann.as(me)).status === 200,
    accounts: () => database.query<{ email: string }, []>('SELECT email FROM auth_user ORDER BY email').all(),
  }
}

/** The worker looks again, as often as it takes. */
const untilFinished = (server: AccountsServer, isFinished: () => Promise<boolean>) =>
  until(async () => {
    server.advance(10_000)
    return isFinished()
  }, 'what was cut off to be finished')

const unfinished = 'a suspension or an erasure that was cut off is not finished yet'
const untilReported = (server: AccountsServer) =>
  until(async () => JSON.stringify(server.reports).includes(unfinished), 'the report')

test('[SUSP7] a suspension that was cut off is finished by the same call again', async () => {
  await using server = await startAccounts()
  const { root, ann, setFree, comesIn } = await begin(server)
  expect((await server.suspend(root, ann.id)).status).toBe(500)
  expect(await comesIn()).toBe(true)
  setFree()
  expect((await server.suspend(root, ann.id)).status).toBe(200)
  expect(await comesIn()).toBe(false)
})

test('[SUSP7] … and without one by the worker’s next start, which tells that a session has ended, and ends nobody else’s', async () => {
  await using server = await startAccounts()
  const { root, ann, bob, setFree, comesIn } = await begin(server)
  expect((await server.suspend(root, ann.id)).status).toBe(500)
  setFree()
  const ended: unknown[] = []
  server.identity.onSessionEnded(({ userId }) => ended.push(userId))
  expect(await comesIn()).toBe(true)
  await server.work()
  await until(async () => !(await comesIn()))
  expect(ended).toEqual([ann.id])
  expect([(await root.as(me)).status, (await bob.as(me)).status]).toEqual([200, 200])
})

test('[SUSP7] … and by the one that runs, once it can be; till then others are finished all the same', async () => {
  await using server = await startAccounts()
  const { root, ann, bob, setFree, comesIn } = await begin(server)
  await server.work()
  expect((await server.suspend(root, ann.id)).status).toBe(500)
  server.database.run(`CREATE TRIGGER all_stuck BEFORE DELETE ON auth_session
    BEGIN SELECT RAISE(ABORT, 'stuck'); END`)
  expect((await server.suspend(root, bob.id)).status).toBe(500)
  server.database.run('DROP TRIGGER all_stuck')
  await untilFinished(server, async () => (await bob.as(me)).status === 401)
  await untilReported(server)
  expect(await comesIn()).toBe(true)
  setFree()
  await untilFinished(server, async () => !(await comesIn()))
})

test('[ERASE5] an erasure that was cut off is finished by the worker’s next start, nobody asking', async () => {
  await using server = await startAccounts()
  const { ann, setFree, accounts } = await begin(server)
  expect((await ann.as(me, { method: 'DELETE' })).status).toBe(500)
  expect(accounts()).toContainEqual({ email: 'ann@example.com' })
  setFree()
  await server.work()
  await until(async () => accounts().length === 2)
  expect(accounts()).toEqual([{ email: 'bob@example.com' }, { email: 'root@example.com' }])
  expect(await server.inbox.list({ to: 'ann@example.com' })).toEqual([])
  expect((await server.signIn('ann@example.com')).id).not.toBe(ann.id)
})

test('[ERASE5] … and by the one that runs, once it can be', async () => {
  await using server = await startAccounts()
  const { ann, setFree, accounts } = await begin(server)
  await server.work()
  expect((await ann.as(me, { method: 'DELETE' })).status).toBe(500)
  server.advance(10_000)
  await untilReported(server)
  expect(accounts()).toHaveLength(3)
  setFree()
  await untilFinished(server, async () => accounts().length === 2)
})
