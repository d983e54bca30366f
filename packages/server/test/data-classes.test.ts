import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { startServer } from './start-server.ts'

test('[CLASS1] docs/data-classes.md has the class of every table of the database, and of none that isn’t there', async () => {
  await using server = await startServer()
  using database = new Database(join(server.dataDir, 'confab.db'), { readonly: true })
  const select =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
  const tables = database
    .query<{ name: string }, []>(select)
    .all()
    .map(({ name }) => name)
  const page = await Bun.file(join(import.meta.dir, '../../../docs/data-classes.md')).text()
  const rows = page.matchAll(/^\| `(\w+)` \| (secret|confidential|personal|shared|public) \| \S.* \|$/gm)
  expect([...rows].map(([, table = '']) => table).sort()).toEqual(tables)
})
