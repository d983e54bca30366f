import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { assert } from '../src/lib/assert.ts'
import type { Seeded } from '../src/seed/seed.ts'
import { openDataFolder } from './data-folder.ts'
import { untilExport } from './exported.ts'
import { doCall, oneTo, openSynced, personal, readLog, signInPeople, startDirect } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { runServer, startServer } from './start-server.ts'
import { sendSteadily } from './steady-sender.ts'
import { within } from './within.ts'

test('[DRAIN1] SIGTERM tells every socket 4503 and exits with 0 within 10 s; what was acknowledged is kept', async () => {
  await using folder = await openDataFolder()
  await using draining = await startServer({ RATE_LIMITS: 'off' }, folder)
  const [ann, bob] = await signInPeople(draining, 'ann', 'bob')
  const { id, head } = await startDirect(draining, ann, bob)
  const busy = [
    await openSynced(draining, ann),
    await openSynced(draining, ann),
    await openSynced(draining, bob),
  ]
  const idle = [await openSynced(draining, bob), await openSocket(draining, personal(bob))]
  const anonymous = await openSocket(draining)
  const senders = busy.map((socket, index) => sendSteadily(socket, id, `sender ${index}`))
  await Promise.all(senders.map((sender) => sender.acknowledged(100)))

  const stoppedAt = performance.now()
  const status = draining.stop('SIGTERM')
  const sockets = [...busy, ...idle, anonymous]
  const closes = await Promise.all(sockets.map(({ closed }) => within(closed, 'the close')))
  expect(closes.map(({ code }) => code)).toEqual(sockets.map(() => 4503))
  expect(await status).toBe(0)
  expect(performance.now() - stoppedAt).toBeLessThan(10_000)
  const outcomes = await Promise.all(senders.map(({ ended }) => ended))
  await expect(openSocket(draining, personal(ann))).rejects.toThrow()

  await using server = await startServer({ RATE_LIMITS: 'off' }, folder)
  const log = await readLog(server, ann, id)
  expect(log.map(({ seq }) => seq)).toEqual(oneTo(log.length))
  const messages = log.slice(head).map(({ data }) => data.message)
  for (const { acknowledged } of outcomes) {
    for (const message of acknowledged) expect(messages[message.seq - head - 1]).toEqual(message)
  }
  await using again = await openSynced(server, ann)
  expect(
    (await again.call('message.send', { conversationId: id, clientId: 'z', text: 'z' })).message.seq,
  ).toBe(log.length + 1)
})

test('[DRAIN2] whatever was stored when the server stopped has been acknowledged before its socket was closed', async () => {
  await using folder = await openDataFolder()
  const stopped = await startServer({ RATE_LIMITS: 'off' }, folder)
  const [ann, bob] = await signInPeople(stopped, 'ann', 'bob')
  const { id, head } = await startDirect(stopped, ann, bob)
  await stopped.stop()
  const acknowledged: number[] = []
  for (const round of oneTo(3)) {
    await using draining = await startServer({ RATE_LIMITS: 'off' }, folder)
    const socket = await openSynced(draining, ann)
    const sending = oneTo(400).map((number) =>
      socket.call('message.send', { conversationId: id, clientId: `${round} ${number}`, text: 'under way' }),
    )
    await sending[0]
    const status = draining.stop('SIGTERM')
    const outcomes = await Promise.allSettled(sending)
    for (const one of outcomes) if (one.status === 'fulfilled') acknowledged.push(one.value.message.seq)
    expect((await within(socket.closed, 'the close')).code).toBe(4503)
    expect(await status).toBe(0)
  }
  await using server = await startServer({ RATE_LIMITS: 'off' }, folder)
  const stored = (await readLog(server, ann, id)).slice(head).map(({ seq }) => seq)
  expect(acknowledged).toEqual(stored)
})

test('[DRAIN3] an export under way is cut off by SIGTERM, and made anew by the next start', async () => {
  await using folder = await openDataFolder()
  const out = join(folder.dataDir, 'seeded.json')
  // Seconds of work for the worker.
  const size = ['--users', '2', '--conversations', '1', '--members', '2', '--messages', '20000']
  expect((await runServer({ DATA_DIR: folder.dataDir }, ['seed', ...size, '--out', out])).status).toBe(0)
  const { users }: Seeded = await Bun.file(out).json()
  const [user] = users
  assert(user, 'nobody was seeded')
  const ann = { ...user, email: '' }
  const exportsOf = async () =>
    (await readdir(join(folder.dataDir, 'blobs'), { recursive: true })).filter((name) =>
      name.endsWith('.zip'),
    )

  await using stopped = await startServer({ RATE_LIMITS: 'off' }, folder)
  await doCall(stopped, ann, 'POST /api/v1/me/export')
  expect(await untilExport(stopped, ann, 'running', 'ready')).toBe('running')
  const stoppedAt = performance.now()
  expect(await stopped.stop('SIGTERM')).toBe(0)
  expect(performance.now() - stoppedAt).toBeLessThan(10_000)
  expect(await exportsOf()).toEqual([])

  await using server = await startServer({ RATE_LIMITS: 'off' }, folder)
  expect(await untilExport(server, ann, 'ready', 'failed')).toBe('ready')
  expect(await exportsOf()).toHaveLength(1)
}, 60_000)
