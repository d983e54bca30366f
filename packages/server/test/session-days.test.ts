import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { personal, signInPeople } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { type Person, startServer } from './start-server.ts'
import { within } from './within.ts'

const hourMs = 3_600_000

test('[AUTH28] with SESSION_DAYS_MAX=1 a session of 25 hours is over, one of 23 is not', async () => {
  await using server = await startServer({ SESSION_DAYS_MAX: '1' })
  const [ann, bob] = await signInPeople(server, 'ann', 'bob')
  const me = async (person: Person) => (await server.call(person, 'GET /api/v1/me')).status
  expect([await me(ann), await me(bob)]).toEqual([200, 200])
  using database = new Database(join(server.dataDir, 'confab.db'))
  const begin = (person: Person, hours: number) =>
    database.run('UPDATE auth_session SET createdAt = ?1 WHERE userId = ?2', [
      new Date(Date.now() - hours * hourMs).toISOString(),
      person.id,
    ])
  begin(ann, 25)
  begin(bob, 23)
  expect([await me(ann), await me(bob)]).toEqual([401, 200])
  const late = await openSocket(server, personal(ann))
  expect((await within(late.closed, 'the close')).code).toBe(4401)
  await using open = await openSocket(server, personal(bob))
  await open.next('hello')
})
