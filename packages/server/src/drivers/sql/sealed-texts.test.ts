import { expect, test } from 'bun:test'
import { openStoreOnDisk } from '../../../test/store-on-disk.ts'
import type { SealingKey } from '../../lib/sealing-keys.ts'
import { sealingKey } from '../../lib/test-sealing-key.ts'
import { said, sayEverything } from '../../ports/store-contract/sayings.contract.ts'
import type { World } from '../../ports/store-contract/world.contract.ts'
import { openReader } from './reader.ts'
import { unreadableText } from './text-seal.ts'

/** A store in a folder with these keys; `restart` opens the same data with others. */
async function openSealed(first: readonly SealingKey[]) {
  const reports: string[] = []
  const report = (context: string) => reports.push(context)
  let keys = first
  const opened = await openStoreOnDisk({ keys: () => keys, report })
  const { world, database } = opened
  return {
    ...opened,
    reports,
    reader: () => openReader(database(), { keys, report }),
    run: (sql: string, ...values: string[]) => database().run(sql, values),
    async restart(...others: SealingKey[]) {
      const before = keys
      keys = others
      try {
        await world.reopen()
      } catch (refused) {
        keys = before
        await world.reopen()
        throw refused
      }
    },
  }
}

/** What the conversation's only member sees of it, from all ends. */
async function seen(
  { world, reader }: Awaited<ReturnType<typeof openSealed>>,
  { ana, conversationId }: Awaited<ReturnType<typeof sayEverything>>,
) {
  const { messages } = await world.store.history({ conversationId, viewerId: ana, limit: 10 })
  const [conversation] = await world.store.conversations({ ids: [conversationId], viewerId: ana })
  const { events } = await world.store.events({ conversationId, after: 0, limit: 10 })
  await using records = reader()
  const copied = await records.messages({ conversationId, userId: ana, limit: 10 })
  const memberships = await records.page({ part: 'memberships', userId: ana, limit: 10 })
  return {
    history: messages.map(({ text }) => text),
    last: conversation?.lastMessage?.text,
    draft: conversation?.me?.draft,
    edits: events.flatMap(({ type, data }) => (type === 'message.edited' ? [data.text] : [])),
    export: copied.items.map(({ text }) => text),
    drafts: memberships.items.map(({ draft }) => draft),
  }
}

const everything = {
  history: ['sent-2c81', 'edited-73af', 'forwarded-90de'],
  last: 'forwarded-90de',
  draft: 'draft-5b1e',
  edits: ['edited-73af'],
  export: ['sent-2c81', 'edited-73af', 'forwarded-90de'],
  drafts: ['draft-5b1e'],
}

test('[ATREST1] with a key no file holds what was said, and it is read from all ends; without one, files do', async () => {
  for (const keys of [[sealingKey('one')], []]) {
    await using opened = await openSealed(keys)
    const by = await sayEverything(opened.world)
    const inClear = keys.length === 0 ? said : []
    expect(said.filter((text) => opened.inFiles(text) > 0)).toEqual(inClear)
    expect(await seen(opened, by)).toEqual(everything)
    await opened.restart(...keys)
    expect(said.filter((text) => opened.inFiles(text) > 0)).toEqual(inClear)
    expect(await seen(opened, by)).toEqual(everything)
    expect(opened.reports).toEqual([])
  }
})

test('[ATREST2] what was said before there was a key, and under an earlier one, is read on', async () => {
  const [one, two] = [sealingKey('one'), sealingKey('two')]
  await using opened = await openSealed([])
  const by = await sayEverything(opened.world)
  const send = (text: string) => opened.world.send(by.conversationId, by.ana, { text })
  await opened.restart(one)
  await send('under-one')
  await opened.restart(two, one)
  await send('under-two')
  expect((await seen(opened, by)).history).toEqual([...everything.history, 'under-one', 'under-two'])
  expect(['sent-2c81', 'under-one', 'under-two'].map(opened.inFiles).map(Boolean)).toEqual([
    true,
    false,
    false,
  ])
})

test('[ATREST3] a missing key refuses the start with the number of texts, and so does another key of its name', async () => {
  const [one, two] = [sealingKey('one'), sealingKey('two')]
  await using opened = await openSealed([one])
  const by = await sayEverything(opened.world)
  const lacks = "ENCRYPTION_KEYS lacks the key one, without which 4 texts can't be read"
  await expect(opened.restart()).rejects.toThrow(lacks)
  await expect(opened.restart(two)).rejects.toThrow(lacks)
  await expect(opened.restart(two, sealingKey('one'))).rejects.toThrow(
    'ENCRYPTION_KEYS names one with another key than it was here before',
  )
  await opened.restart(two, one)
  expect(await seen(opened, by)).toEqual(everything)
})

test('[ATREST3] a key that seals nothing any more is not missed', async () => {
  const [one, two] = [sealingKey('one'), sealingKey('two')]
  await using opened = await openSealed([one])
  const { ana, conversationId } = await sayEverything(opened.world)
  const on = { conversationId, actorId: ana, at: opened.world.now }
  for (const seq of [2, 3, 5]) await opened.world.done({ write: 'message.delete', ...on, seq })
  await opened.world.done({ write: 'membership.change', ...on, change: { draft: null } })
  await opened.restart(two)
  expect((await seen(opened, { ana, conversationId })).history).toEqual(['', '', ''])
})

test('[ATREST4] a text that was changed or moved where it is kept is shown as such, reported once, and hurts no other', async () => {
  await using opened = await openSealed([sealingKey('one')])
  const by = await sayEverything(opened.world)
  const other = await sayOnce(opened.world, 'said-elsewhere')
  const place = `(SELECT num << 32 FROM conversations WHERE id = '${by.conversationId}')`
  const unreadable = { ...everything, history: ['sent-2c81', unreadableText, 'forwarded-90de'] }
  const whole = opened.world.store.history({ conversationId: by.conversationId, viewerId: by.ana, limit: 9 })
  expect((await whole).messages.map(({ text }) => text)).toEqual(everything.history)

  opened.run(
    `UPDATE messages SET text = substr(text, 1, length(text) - 8) || 'AAAAAAA=' WHERE place = ${place} + 3`,
  )
  for (let time = 1; time <= 2; time++)
    expect(await seen(opened, by)).toMatchObject({ history: unreadable.history, edits: [unreadableText] })
  opened.run(
    `UPDATE messages SET text = (SELECT text FROM messages WHERE place = ${place} + 2) WHERE id = ?`,
    other.id,
  )
  expect(await opened.world.store.message({ ...other, viewerId: by.ana })).toMatchObject({
    text: unreadableText,
  })
  // Once by this thread, and once by each that reads an export.
  const reported = opened.reports.filter((one) => one.includes(by.conversationId))
  expect(reported).toHaveLength(3)
  expect(opened.reports.filter((one) => one.includes(other.conversationId))).toHaveLength(1)
})

async function sayOnce(world: World, text: string) {
  const bob = await world.user('bob')
  return world.send(await world.group([bob]), bob, { text })
}

test('[ATREST5] a text that looks like a sealed one is what was said, with a key and without', async () => {
  for (const keys of [[sealingKey('one')], []]) {
    await using opened = await openSealed(keys)
    const texts = ['\u0001sealed:one:AAAA', '\u0001clear:x', '\u0001', 'plain \u0001']
    for (const text of texts)
      expect(await readBack(opened.world, await sayOnce(opened.world, text))).toEqual(text)
    expect(opened.reports).toEqual([])
  }
})

async function readBack(
  { store }: World,
  { conversationId, seq, senderId: viewerId }: Awaited<ReturnType<typeof sayOnce>>,
) {
  return (await store.message({ conversationId, seq, viewerId }))?.text
}
