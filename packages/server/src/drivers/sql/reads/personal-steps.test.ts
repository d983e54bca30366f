import { expect, test } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import type { PersonalPage, PersonalPlace } from '../../../ports/personal-records.ts'
import { openWorldOn } from '../../../ports/store-contract/world.contract.ts'
import { openDatabase } from '../database.ts'
import { openReader } from '../reader.ts'
import { openSqliteStore } from '../sqlite-store.ts'
import { stepRows } from './walk-steps.ts'

test('[SQLITE19] who looks for one person’s among all looks at so many rows a page, and finds them all', async () => {
  const database = openDatabase({ file: ':memory:' })
  const store = await openSqliteStore({ database, limits: defaultLimits })
  await using world = await openWorldOn(store, () => database.close())
  await using reader = openReader(database)
  const [ann, bob] = [await world.user('ann'), await world.user('bob')]
  const conversationId = await world.group([bob, ann])
  const on = { conversationId, actorId: ann, at: world.now }
  const { seq } = await world.send(conversationId, ann, { text: 'first' })
  await world.done({ write: 'message.react', ...on, seq, emoji: '👍', on: true })
  await world.done({ write: 'message.pin', ...on, seq, on: true })

  // Two and a half steps of others' rows, after which comes one more of hers.
  const others = 2.5 * stepRows
  const count = `WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < ${100 + others})`
  const place = '(1 << 32) + i'
  const bobs = `(SELECT num FROM users WHERE handle = 'bob')`
  database.run(`${count} INSERT INTO messages (place, ordinal, sender, at, updated_seq, id, client_id, text)
    SELECT ${place}, i, ${bobs}, 0, i, 'm' || i, 'c' || i, 'other' FROM n`)
  database.run(`${count} INSERT INTO events SELECT ${place}, 'message.pinned', ${bobs}, 0, 1, '{}' FROM n`)
  database.run(`${count} INSERT INTO reactions SELECT ${place}, '👍', ${bobs}, i FROM n`)
  const last = (1 << 17) + 5
  for (const table of ['messages', 'events', 'reactions']) {
    const column = table === 'messages' ? 'sender' : table === 'events' ? 'actor' : 'user'
    database.run(`UPDATE ${table} SET place = (1 << 32) + ${last},
      ${column} = (SELECT num FROM users WHERE handle = 'ann') WHERE place = (1 << 32) + 100 + ${others}`)
  }
  await world.done({ write: 'member.remove', conversationId, actorId: ann, userId: ann, at: world.now })

  const by = { userId: ann, limit: 10 }
  async function walk(page: (after: PersonalPlace | undefined) => Promise<PersonalPage<{ seq?: unknown }>>) {
    const seqs: unknown[] = []
    let pages = 0
    for (let after: PersonalPlace | undefined, isOver = false; !isOver; pages++) {
      const { items, next } = await page(after)
      seqs.push(...items.map((item) => item.seq))
      after = next ?? undefined
      isOver = next === null
    }
    return { seqs, pages }
  }
  expect({
    messages: await walk((after) => reader.messages({ ...by, conversationId: null, after })),
    reactions: await walk((after) => reader.page({ ...by, part: 'reactions', after })),
    pins: await walk((after) => reader.page({ ...by, part: 'pins', after })),
  }).toEqual({
    messages: { seqs: [seq, last], pages: 3 },
    reactions: { seqs: [seq, last], pages: 3 },
    pins: { seqs: [seq, 1], pages: 3 },
  })
})
