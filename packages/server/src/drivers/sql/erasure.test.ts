import { expect, test } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import { openStoreOnDisk } from '../../../test/store-on-disk.ts'
import { until } from '../../../test/until.ts'
import { batchRowsMax, openCommitQueue } from '../../domain/delivery/commit-queue.ts'
import { manualClock } from '../../lib/manual-clock.ts'
import { openWorldOn } from '../../ports/store-contract/world.contract.ts'
import { erasedRowsAtOnce } from '../../ports/writes.ts'
import { openDatabase } from './database.ts'
import { openSqliteStore } from './sqlite-store.ts'

/** A store in a folder. Its files are looked through once the log of writes is folded in. */
async function openFoldedIn() {
  const opened = await openStoreOnDisk()
  return {
    ...opened,
    inFiles(text: string) {
      // Busy as long as the thread that copies the log does.
      const foldIn = opened.database().query<{ busy: number }, []>('PRAGMA wal_checkpoint(TRUNCATE)')
      while (foldIn.get()?.busy !== 0);
      return opened.inFiles(text)
    },
  }
}

test('[STORE40] after an edit and a deletion the text is in no file any more', async () => {
  await using opened = await openFoldedIn()
  const { world, inFiles } = opened
  const ana = await world.user('ana')
  const conversationId = await world.group([ana])
  const kept = await world.send(conversationId, ana, { text: 'kept-7c1d' })
  const { seq } = await world.send(conversationId, ana, { text: 'before-93fa' })
  const on = { conversationId, actorId: ana, at: world.now, seq }
  expect(['kept-7c1d', 'before-93fa'].map(inFiles)).toEqual([1, 1])

  await world.done({ write: 'message.edit', ...on, text: 'after-51be' })
  expect(['before-93fa', 'after-51be'].map(inFiles)).toEqual([0, 1])
  await world.done({ write: 'message.delete', ...on })
  expect(['before-93fa', 'after-51be', kept.text].map(inFiles)).toEqual([0, 0, 1])
})

test('[STORE40] [SQLITE20] a while after a deletion, nobody having asked for it, the text is in no file', async () => {
  const clock = manualClock()
  await using opened = await openStoreOnDisk({ clock })
  const { world, inFiles } = opened
  const ana = await world.user('ana')
  const conversationId = await world.group([ana])
  const { seq } = await world.send(conversationId, ana, { text: 'before-93fa' })
  await world.done({ write: 'message.delete', conversationId, actorId: ana, at: world.now, seq })
  // It is in the log of writes yet.
  expect(inFiles('before-93fa')).toBe(1)
  clock.advance(30_000)
  await until(async () => inFiles('before-93fa') === 0, 'the text to be gone')
})

test('[STORE40] [STORE43] what a deleted conversation held is in no file any more, once its erasure is done', async () => {
  await using opened = await openFoldedIn()
  const { world, inFiles } = opened
  const ana = await world.user('ana')
  const [gone, stays] = [await world.group([ana]), await world.group([ana], { topic: 'topic-stays' })]
  const count = 2 * erasedRowsAtOnce
  const sends = Array.from({ length: count }, () => world.message(gone, ana, { text: 'erased-83ce' }))
  await world.store.commit(sends)
  await world.send(stays, ana, { text: 'stays-19b2' })
  const on = { conversationId: gone, actorId: ana, at: world.now } as const
  let { rest } = await world.done({ write: 'conversation.delete', ...on })
  expect(['erased-83ce', 'stays-19b2'].map(inFiles)).toEqual([1, 1])
  while (rest) {
    await world.reopen()
    rest = (await world.done(rest)).rest
  }
  expect(['erased-83ce', 'stays-19b2', 'topic-stays'].map(inFiles)).toEqual([0, 1, 1])
})

test('[SQLITE9] to erase a conversation of 100,000 messages holds up nobody: no transaction changes more rows than a batch', async () => {
  const database = openDatabase({ file: ':memory:' })
  const store = await openSqliteStore({ database, limits: defaultLimits })
  const changedBy: number[] = []
  const changes = () =>
    database.query<{ rows: number }, []>('SELECT total_changes() AS rows').get()?.rows ?? 0
  const rowsOf = (table: string) =>
    database.query<{ rows: number }, []>(`SELECT count(*) AS rows FROM ${table}`).get()?.rows
  await using world = await openWorldOn(store, async () => {
    await store[Symbol.asyncDispose]()
    database.close()
  })
  await using queue = openCommitQueue({
    store: {
      commit(writes) {
        const before = changes()
        const outcomes = store.commit(writes)
        changedBy.push(changes() - before)
        return outcomes
      },
    },
    announce: () => undefined,
    report: (_context, cause) => {
      throw cause
    },
  })
  const ana = await world.user('ana')
  const [gone, stays] = [await world.group([ana]), await world.group([ana])]
  const newMessage = () => world.message(gone, ana, { text: 'x' })
  for (let sent = 0; sent < 100_000; sent += 5_000)
    await store.commit(Array.from({ length: 5_000 }, newMessage))

  const on = { conversationId: gone, actorId: ana, at: world.now } as const
  await queue.commit({ write: 'conversation.delete', ...on })
  const waits: number[] = []
  while (rowsOf('erasures') !== 0) {
    const before = changedBy.length
    await queue.commit(world.message(stays, ana))
    waits.push(changedBy.length - before)
  }
  expect(Math.max(...changedBy)).toBeLessThanOrEqual(erasedRowsAtOnce + batchRowsMax)
  // In the transaction under way, or in the one that follows.
  expect(Math.max(...waits)).toBeLessThanOrEqual(2)
  expect(changedBy.length).toBeGreaterThan(200_000 / erasedRowsAtOnce)
  const left = ['messages', 'events', 'send_keys', 'erasures'].map(rowsOf)
  const sent = waits.length
  expect(left).toEqual([sent, 1, sent, 0])
}, 60_000)
