import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import type { SealingKey } from '../../../lib/sealing-keys.ts'
import { sealingKey } from '../../../lib/test-sealing-key.ts'
import type { Store } from '../../../ports/store.ts'
import { said, sayEverything } from '../../../ports/store-contract/sayings.contract.ts'
import { fetchOne, openWorld } from '../../../ports/store-contract/world.contract.ts'
import { resealTexts } from '../reseal.ts'
import { unreadableText } from '../text-seal.ts'
import { openPostgres } from './connection.ts'
import { openPostgresStore } from './postgres-store.ts'
import { postgresTexts } from './postgres-texts.ts'
import { postgresStatements } from './statements.ts'
import { createTestDatabase, testPostgresUrl } from './test-database.ts'

// Each statement is a round trip to a server that has other work.
setDefaultTimeout(60_000)

async function openSealed(keys: readonly SealingKey[]) {
  const stack = new AsyncDisposableStack()
  const { url } = stack.use(await createTestDatabase())
  const postgres = stack.use(await openPostgres({ url, bounds: { connections: 1 } }))
  const reports: string[] = []
  const report = (context: string) => reports.push(context)
  const open = (with_: readonly SealingKey[]) =>
    openPostgresStore({ postgres, limits: defaultLimits, keys: with_, report })
  const world = await openWorld(async () => {
    const store = await open(keys)
    return { store, reopen: () => open(keys), [Symbol.asyncDispose]: () => stack.disposeAsync() }
  })
  return { world, postgres, open, reports, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
}

describe.skipIf(testPostgresUrl === undefined)('on PostgreSQL', () => {
  test('[ATREST1] with a key no row holds what was said; without one, rows do', async () => {
    for (const keys of [[sealingKey('one')], []]) {
      await using opened = await openSealed(keys)
      const { world, postgres } = opened
      const { ana, conversationId } = await sayEverything(world)
      const kept: string[] = []
      for (const table of ['messages', 'members', 'events'])
        kept.push(
          ...(await postgres.rows<{ row: string }>(`SELECT t::text AS row FROM ${table} t`)).map(
            ({ row }) => row,
          ),
        )
      expect(said.filter((text) => kept.join('\n').includes(text))).toEqual(keys.length === 0 ? said : [])
      const { messages } = await world.store.history({ conversationId, viewerId: ana, limit: 10 })
      expect(messages.map(({ text }) => text)).toEqual(said.slice(0, 3))
      expect(await fetchOne(world, conversationId, ana)).toMatchObject({ me: { draft: said[3] } })
    }
  })

  test('[ATREST1] an edit is told as it was said, one that changes nothing is none, and one of nothing is refused', async () => {
    await using opened = await openSealed([sealingKey('one')])
    const { ana, conversationId } = await sayEverything(opened.world)
    const edit = { write: 'message.edit', conversationId, actorId: ana, at: opened.world.now } as const
    expect((await opened.world.done({ ...edit, seq: 2, text: 'other words' })).events).toMatchObject([
      { type: 'message.edited', data: { target: 2, text: 'other words' } },
    ])
    expect(await opened.world.done({ ...edit, seq: 2, text: 'other words' })).toMatchObject({ events: [] })
    expect(await opened.world.codeOf({ ...edit, seq: 99, text: 'other words' })).toBe('not_found')
  })

  test('[ATREST3] a missing key refuses the start with the number of texts', async () => {
    const one = sealingKey('one')
    await using opened = await openSealed([one])
    await sayEverything(opened.world)
    const lacks = "ENCRYPTION_KEYS lacks the key one, without which 4 texts can't be read"
    await expect(opened.open([])).rejects.toThrow(lacks)
    await expect(opened.open([sealingKey('two')])).rejects.toThrow(lacks)
    expect((await opened.open([sealingKey('two'), one])).epoch).toBe(opened.world.store.epoch)
  })

  test('[ATREST4] a text that was moved is shown as unreadable and reported once, and hurts no other', async () => {
    await using opened = await openSealed([sealingKey('one')])
    const { world, postgres, reports } = opened
    const { ana, conversationId } = await sayEverything(world)
    const on = { conversationId, viewerId: ana, limit: 10 }
    const texts = async () => (await world.store.history(on)).messages.map(({ text }) => text)
    expect(await texts()).toEqual(said.slice(0, 3))
    await postgres.rows(`UPDATE messages SET text = (SELECT text FROM messages WHERE seq = 2) WHERE seq = 3`)
    for (let time = 1; time <= 2; time++)
      expect(await texts()).toEqual([said[0] ?? '', unreadableText, said[2] ?? ''])
    expect(reports).toHaveLength(1)
  })
  test('[ATREST6] every text goes under the first key, beside a server, and then into the clear', async () => {
    const [one, two] = [sealingKey('one'), sealingKey('two')]
    await using opened = await openSealed([one])
    const { world, postgres, open } = opened
    const { ana, conversationId } = await sayEverything(world)
    const sends = Array.from({ length: 600 }, () =>
      world.message(conversationId, ana, { text: 'one of many' }),
    )
    await world.store.commit(sends)
    const reseal = (keys: SealingKey[], clear: boolean) =>
      resealTexts({
        statements: postgresStatements(postgres),
        tables: postgresTexts(postgres),
        keys,
        clear,
        report: () => undefined,
      })
    const done = { texts: 604, unreadable: 0, needed: [] }
    expect(await reseal([two, one], false)).toEqual({ ...done, free: ['one'] })
    const next = await open([two])
    const page = { conversationId, viewerId: ana, after: 0, limit: 3 }
    const texts = async (store: Store) => (await store.history(page)).messages.map(({ text }) => text)
    expect(await texts(next)).toEqual(said.slice(0, 3))
    const [conversation] = await next.conversations({ ids: [conversationId], viewerId: ana })
    expect(conversation?.me?.draft).toBe(said[3] ?? '')
    expect(await reseal([two], true)).toEqual({ ...done, free: ['two'] })
    expect(await texts(await open([]))).toEqual(said.slice(0, 3))
  })
})
