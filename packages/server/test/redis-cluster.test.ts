import { expect, test } from 'bun:test'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeCode } from '@confab/protocol/close-codes'
import { startOwnCluster } from '../src/drivers/redis/test-redis-cluster.ts'
import { testCertificate } from '../src/drivers/smtp/test-certificate.ts'
import { doCall, openSynced, sendMany, signInPeople, startGroup } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { hasEngines, startTwoNodes } from './two-nodes.ts'
import { within } from './within.ts'

test.skipIf(!hasEngines)(
  '[NODE7] two nodes meet on a cluster of Redis, by TLS, as on one server',
  async () => {
    await using stack = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'confab-pem-'))
    stack.defer(() => rm(folder, { recursive: true }))
    const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
    for (const part of ['cert', 'key'] as const) await writeFile(tls[part], testCertificate[part])
    const cluster = stack.use(await startOwnCluster({ tls }))
    const { here, there } = stack.use(await startTwoNodes({ redisUrl: cluster.url, RATE_LIMITS: 'off' }))
    const [ann, bob] = await signInPeople(here, 'ann', 'bob')
    // As many as there are servers, and more: their channels spread over these.
    const groups = await Promise.all(Array.from({ length: 8 }, () => startGroup(here, ann, [bob])))
    const anns = stack.use(await openSynced(here, ann))
    const bobs = stack.use(await openSynced(there, bob))
    for (const { id } of groups) {
      await sendMany(anns, id, 1)
      await bobs.next('event', ({ conversationId, seq }) => conversationId === id && seq === 3)
    }
    for (const server of [here, there])
      expect((await server.call(undefined, 'GET /readyz')).body).toEqual({ status: 'ok', down: [] })

    const { presences } = await bobs.call('presence.watch', { userIds: [ann.id] })
    expect(presences[0]?.status).toBe('online')
    await anns.call('presence.set', { status: 'busy' })
    await bobs.next('presence', ({ userId, status }) => userId === ann.id && status === 'busy')

    const { ticket } = (await doCall(here, ann, 'POST /api/v1/ws/ticket')) as { ticket: string }
    const opened = stack.use(await openSocket(there, { ticket }))
    expect((await opened.next('hello')).userId).toBe(ann.id)
    const again = await openSocket(here, { ticket })
    expect((await within(again.closed, 'the close')).code).toBe(closeCode.signedOut)
  },
  60_000,
)
