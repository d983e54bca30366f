import { expect, test } from 'bun:test'
import { defaultLimits } from '@confab/protocol/limits'
import type { SealingKey } from '../../lib/sealing-keys.ts'
import { sealingKey } from '../../lib/test-sealing-key.ts'
import { openWorldOn } from '../../ports/store-contract/world.contract.ts'
import { openDatabase } from './database.ts'
import { resealTexts } from './reseal.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { sqliteTexts } from './sqlite-texts.ts'
import { sqliteStatements } from './statements.ts'
import type { TextTables } from './text-tables.ts'

async function openResealed(first: SealingKey) {
  const database = openDatabase({ file: ':memory:' })
  const open = (keys: readonly SealingKey[]) => openSqliteStore({ database, limits: defaultLimits, keys })
  const store = await open([first])
  const world = await openWorldOn(store, () => database.close())
  const reports: string[] = []
  return {
    world,
    reports,
    run: (sql: string) => database.run(sql),
    open,
    reseal: (keys: SealingKey[], tables: TextTables = sqliteTexts(database)) =>
      resealTexts({
        statements: sqliteStatements(database),
        tables,
        keys,
        clear: false,
        report: (context) => reports.push(context),
      }),
    tables: sqliteTexts(database),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

const [one, two] = [sealingKey('one'), sealingKey('two')]
const many = 1_200

async function sendMany({ world }: Awaited<ReturnType<typeof openResealed>>) {
  const ana = await world.user('ana')
  const conversationId = await world.group([ana])
  await world.store.commit(
    Array.from({ length: many }, (_, number) =>
      world.message(conversationId, ana, { text: `text ${number}` }),
    ),
  )
  return { conversationId, viewerId: ana, around: many, limit: 2 }
}

test('[ATREST6] what has stopped half-way goes on where it was', async () => {
  await using opened = await openResealed(one)
  const page = await sendMany(opened)
  const { tables } = opened
  let pages = 0
  const stopping: TextTables = {
    ...tables,
    messages: {
      ...tables.messages,
      async page(...asked) {
        if (++pages === 3) throw new Error('stopped')
        return tables.messages.page(...asked)
      },
    },
  }
  await expect(opened.reseal([two, one], stopping)).rejects.toThrow('stopped')
  const rest = { texts: 200, unreadable: 0, free: ['one'], needed: [] }
  expect(await opened.reseal([two, one])).toEqual(rest)
  expect(await opened.reseal([two, one])).toEqual({ ...rest, texts: 0, free: [] })
  const { messages } = await (await opened.open([two])).history(page)
  expect(messages.map(({ text }) => text)).toEqual(['text 1197', 'text 1198'])
})

test('[ATREST7] an earlier key is needed as long as something can’t be opened, and may be dropped once that is deleted', async () => {
  await using opened = await openResealed(one)
  const { conversationId, viewerId: actorId } = await sendMany(opened)
  opened.run('UPDATE messages SET text = substr(text, 1, length(text) - 8) WHERE ordinal = 3')
  const stays = { unreadable: 1, free: [], needed: [{ id: 'one', texts: 1 }] }
  expect(await opened.reseal([two, one])).toEqual({ ...stays, texts: many - 1 })
  expect(opened.reports).toHaveLength(1)
  await expect(opened.open([two])).rejects.toThrow('lacks the key one')
  const seq = 4
  await opened.world.done({ write: 'message.delete', conversationId, actorId, at: opened.world.now, seq })
  expect(await opened.reseal([two, one])).toEqual({ texts: 0, unreadable: 0, free: ['one'], needed: [] })
  await opened.open([two])
})
