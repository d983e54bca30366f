import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { permissions } from './permissions.ts'

test('[MAY1] the table for people says what the code says', async () => {
  const page = await Bun.file(join(import.meta.dir, '../../../docs/spec/permissions.md')).text()
  const written = [...page.matchAll(/^\| `([\w.]+)` \|[^|]*\| (\w+) \| (\w+) \| (\w+) \| (\w+) \|$/gm)].map(
    ([, action, owner, admin, member, direct]) => [action, { owner, admin, member, direct }],
  )
  expect(Object.fromEntries(written)).toEqual(permissions)
})
