import { expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conversationId, type UserId, userId } from '@confab/protocol/ids'
import { defaultLimits } from '@confab/protocol/limits'
import { openDatabase } from '../src/drivers/sql/database.ts'
import { openSqliteStore } from '../src/drivers/sql/sqlite-store.ts'
import type { Write } from '../src/ports/writes.ts'
import { oneTo, personal, signInPeople } from './people.ts'
import { openSocket } from './raw-socket.ts'
import { type Person, startServer } from './start-server.ts'

const people = 600
const groups = 30
const membersEach = 99
const beganAt = Date.UTC(2026, 0, 1)

/** Fills a data folder: people with long bios, and groups in which everybody has read everything. */
async function fill(dataDir: string, ann: Person) {
  const database = openDatabase({ file: join(dataDir, 'confab.db') })
  const store = await openSqliteStore({ database, limits: defaultLimits })
  const others: UserId[] = []
  const writes: Write[] = []
  for (const number of oneTo(people)) {
    const id = userId.parse(Bun.randomUUIDv7())
    const at = beganAt + number
    await store.createUser({ id, name: `Person ${number}`, handle: `person_${number}`, at })
    writes.push({ write: 'profile.change', actorId: id, at, change: { bio: '\u{1f600}'.repeat(500) } })
    others.push(id)
  }
  for (const number of oneTo(groups)) {
    const first = (number * 20) % (people - membersEach)
    writes.push({
      write: 'conversation.create',
      conversationId: conversationId.parse(Bun.randomUUIDv7()),
      actorId: ann.id,
      at: beganAt + people + number,
      kind: 'group',
      name: `Group ${number}`,
      topic: null,
      visibility: 'private',
      memberIds: others.slice(first, first + membersEach),
    })
  }
  const outcomes = await store.commit(writes)
  const all = await store.changedSince(ann.id, beganAt)
  await store[Symbol.asyncDispose]()
  database.close()
  expect(outcomes.filter(({ status }) => status !== 'committed')).toEqual([])
  return all
}

test('[SYNC5] [SYNC4] more changes than fit are told by one sync after the other, each from the last one’s `at`', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-changes-'))
  await using _removal = { [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true }) }
  const empty = await startServer({}, { dataDir })
  const [ann] = await signInPeople(empty, 'ann')
  await empty.stop()
  const all = await fill(dataDir, ann)
  // More than a frame of either.
  expect(Buffer.byteLength(JSON.stringify(all.users))).toBeGreaterThan(defaultLimits.frameBytes)
  expect(all.receipts.length).toBe(groups * (membersEach + 1))

  await using server = await startServer({}, { dataDir })
  await using socket = await openSocket(server, personal(ann))
  const told = { users: new Set<string>(), receipts: new Set<string>() }
  let since = new Date(beganAt).toISOString()
  for (let rounds = 0; ; rounds++) {
    expect(rounds).toBeLessThan(30)
    const { at, users, receipts } = await socket.call('sync', { since })
    for (const user of users) if (user.bio) told.users.add(user.id)
    for (const one of receipts) told.receipts.add(`${one.conversationId} ${one.userId}`)
    // `at` of a reply that holds all is the present.
    if (Date.parse(at) > beganAt + people + groups) break
    since = at
  }
  expect(told.users.size).toBe(all.users.length)
  expect(told.receipts.size).toBe(all.receipts.length)
})
