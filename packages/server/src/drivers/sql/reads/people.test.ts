import { expect, test } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import { newUserId } from '../../../ports/store-contract/world.contract.ts'
import { openDatabase } from '../database.ts'
import { recordStatements } from '../record-statements.ts'
import { openSqliteStore } from '../sqlite-store.ts'

test('[STORE20] [SQLITE22] five hundred who fit are found by name like a few, by a walk that sorts nobody', async () => {
  const database = openDatabase({ file: ':memory:' })
  const recorded = recordStatements(database)
  await using store = await openSqliteStore({ database, limits: defaultLimits })
  const named = (first: string) =>
    Array.from({ length: 500 }, (_, index) => `${first} ${String(index).padStart(3, '0')}`)
  const [anns, bobs] = [named('Ann'), named('Bob').slice(0, 2)]
  for (const name of [...anns.toReversed(), ...bobs])
    await store.createUser({ id: newUserId(), name, handle: 'person', at: 0 })
  const before = new Set(recorded.texts())
  const first = await store.searchUsers({ query: 'ann', limit: 300 })
  const rest = await store.searchUsers({
    query: 'ann',
    limit: 300,
    ...(first.next && { cursor: first.next }),
  })
  const found = [...first.items, ...rest.items].map(({ name }) => name)
  expect({ found, next: rest.next }).toEqual({ found: anns, next: null })
  const asked = recorded.texts().filter((text) => !before.has(text) && text.includes('ORDER BY sort_name'))
  const plans = asked.map((text) =>
    database
      .query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${text}`)
      .all()
      .map(({ detail }) => detail)
      .join('\n'),
  )
  expect(plans).toHaveLength(2)
  expect(plans.join()).not.toContain('TEMP B-TREE')
})
