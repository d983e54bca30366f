import { expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSynced, signInPeople, startDirect } from './people.ts'
import { startServer } from './start-server.ts'

test('[LAST1] a server that was stopped and started again knows when people were last seen', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-presence-'))
  await using _removal = { [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true }) }
  const first = await startServer({}, { dataDir })
  const [ann, bob] = await signInPeople(first, 'ann', 'bob')
  await startDirect(first, ann, bob)
  const startedAt = Date.now()
  const socket = await openSynced(first, bob)
  await first.stop()
  await socket.closed
  const stoppedAt = Date.now()

  await using second = await startServer({}, { dataDir })
  const { body } = await second.call(ann, `GET /api/v1/presence?userIds=${bob.id}`)
  const [seen] = (body as { items: { status: string; lastSeenAt: string }[] }).items
  expect(seen?.status).toBe('offline')
  expect(Date.parse(seen?.lastSeenAt ?? '')).toBeWithin(startedAt, stoppedAt + 1)
})
