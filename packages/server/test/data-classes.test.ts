import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { startServer } from './start-server.ts'
import { tablesOf, testEngine } from './test-engine.ts'

test('[CLASS1] docs/data-classes.md has the class of every table of the database, and of none that isn’t there', async () => {
  await using server = await startServer()
  const page = await Bun.file(join(import.meta.dir, '../../../docs/data-classes.md')).text()
  const lines = page.matchAll(/^\| `(\w+)` \| (secret|confidential|personal|shared|public) \| \S.* \|$/gm)
  const rows = [...lines].filter(([line]) => testEngine === 'postgres' || !/PostgreSQL alone \|$/.test(line))
  expect(rows.map(([, table = '']) => table).sort()).toEqual(await tablesOf(server.dataDir))
})
