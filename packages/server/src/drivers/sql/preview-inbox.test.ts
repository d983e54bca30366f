import { expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '../../lib/manual-clock.ts'
import { previewInboxContract } from '../../ports/mailer.contract.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { openPreviewInbox } from './preview-inbox.ts'
import { sqliteStatements } from './statements.ts'

previewInboxContract(async ({ clock, log }) => {
  const database = openDatabase({ file: ':memory:' })
  migrate(database, clock)
  const inbox = openPreviewInbox({ statements: sqliteStatements(database), clock, log })
  return {
    ...inbox,
    async [Symbol.asyncDispose]() {
      await inbox[Symbol.asyncDispose]()
      database.close()
    },
  }
})

test('[MAIL5] a mail survives a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'confab-inbox-'))
  const clock = manualClock()
  const open = () => {
    const database = openDatabase({ file: join(folder, 'confab.db') })
    migrate(database, clock)
    return {
      database,
      inbox: openPreviewInbox({
        statements: sqliteStatements(database),
        clock,
        log: { info: () => undefined },
      }),
    }
  }
  const before = open()
  const mail = { to: 'ann@example.com', subject: 'S', text: 'T', html: 'H' }
  await before.inbox.send(mail)
  before.database.close()
  const after = open()
  expect(await after.inbox.list({})).toEqual([{ ...mail, sentAt: clock.now() }])
  after.database.close()
  await rm(folder, { recursive: true })
})
