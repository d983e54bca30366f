import { expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultLimits } from '@confab/protocol/limits'
import { openWorld } from '../../ports/store-contract/world.contract.ts'
import { openDatabase } from './database.ts'
import { openSqliteStore } from './sqlite-store.ts'

test('[STORE40] after an edit and a deletion the text is in no file any more', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'confab-erasure-'))
  const database = openDatabase({ file: join(folder, 'confab.db') })
  await using world = await openWorld(async () => ({
    store: await openSqliteStore({ database, limits: defaultLimits }),
    reopen: () => Promise.reject(new Error('not reopened')),
    async [Symbol.asyncDispose]() {
      database.close()
      rmSync(folder, { recursive: true })
    },
  }))
  /** How often a text stands in the raw bytes of the folder, once the log of writes is folded in. */
  const inFiles = (text: string) => {
    database.run('PRAGMA wal_checkpoint(TRUNCATE)')
    const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name)).toString('latin1'))
    return bytes.filter((content) => content.includes(text)).length
  }
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
