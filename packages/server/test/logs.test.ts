import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { auditDetails } from '../src/ports/audit-entry.ts'

const root = join(import.meta.dir, '../../..')

test('[LOG3] docs/logs.md has every line that isn’t a failure, and every action of the audit log with the names in its detail', async () => {
  const page = await Bun.file(join(root, 'docs/logs.md')).text()
  const paths = [...new Bun.Glob('packages/server/src/**/*.ts').scanSync(root)]
  const sources = await Promise.all(paths.map((path) => Bun.file(join(root, path)).text()))
  const lines = [...sources.join('\n').matchAll(/\blog\.(?:info|warn)\(\s*(?:[^;']*?,\s*)?'([^']+)'/g)]
  const said = lines.map(([, line = '']) => line)
  expect(said.length).toBeGreaterThanOrEqual(5)
  for (const words of said) expect(page).toContain(`\`${words}\``)

  const [, audit = ''] = page.split('## The audit log')
  const rows = [...audit.matchAll(/^\| (`.*) \| .* \| (.*)\|$/gm)]
  const told = rows.flatMap(([, actions = '', detail = '']) =>
    wordsOf(actions).map((action): [string, string[]] => [action, wordsOf(detail).toSorted()]),
  )
  const kept = Object.entries(auditDetails).map(([action, forms]) => [action, forms.flat().toSorted()])
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(kept))
})

const wordsOf = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)
