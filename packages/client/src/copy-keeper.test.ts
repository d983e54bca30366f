import { expect, test } from 'bun:test'
import { FakeBrowser } from '../test/fake-browser.ts'
import { textsOf } from '../test/texts.ts'
import { aGroup } from '../test/world.ts'
import { CopyKeeper } from './copy-keeper.ts'
import { beginAt, type LocalConversation } from './local-conversation.ts'
import type { LocalStore } from './local-store.ts'
import { MemoryDisk, memoryLocalStore } from './memory-local-store.ts'
import { memoryStorage } from './storage.ts'
import { oneTab } from './tabs.ts'

/** Ann in a group with Bob, in a browser that keeps what her tabs hold. */
async function annInABrowser() {
  const { world, server, ann, bob, group } = aGroup()
  const browser = new FakeBrowser()
  const openTab = (user = ann) => {
    const { storage, die } = browser.openTab()
    return { ...world.device(user, { storage }), die }
  }
  const tab = openTab()
  await world.pass()
  return { world, server, ann, bob, group, browser, openTab, tab }
}

/** `chat` closed, and its user's page opened anew without a network. */
async function reopenedOffline({ world, openTab, tab }: Awaited<ReturnType<typeof annInABrowser>>) {
  await tab.chat.close()
  const next = openTab()
  next.network.up = false
  await world.pass()
  return next
}

test('[SDK158] a page that is opened without a network shows all that was held, and me, and people', async () => {
  const setting = await annInABrowser()
  const { world, server, ann, bob, group, tab } = setting
  for (let n = 1; n <= 3; n++) server.send(group.id, bob.id, `m${n}`, `b${n}`)
  await world.pass()
  tab.chat.conversation(group.id).open()
  await world.pass()
  const summaries = tab.chat.conversations.get()
  const { chat } = await reopenedOffline(setting)
  expect(chat.ready.get()).toBe(false)
  expect(chat.conversations.get()).toEqual(summaries)
  expect(chat.me.get()?.id).toBe(ann.id)
  expect(chat.user(bob.id).get()).toEqual(bob)
  const handle = chat.conversation(group.id)
  handle.open()
  expect(textsOf(handle.timeline.get())).toEqual(['m1', 'm2', 'm3'])
  expect(handle.timeline.get().state).toBe('ready')
})

test('[SDK158] what was missed joins what was kept, in one sync from where it ended', async () => {
  const setting = await annInABrowser()
  const { world, server, bob, group } = setting
  server.send(group.id, bob.id, 'kept', 'b1')
  await world.pass()
  const { chat, network } = await reopenedOffline(setting)
  server.send(group.id, bob.id, 'missed', 'b2')
  server.calls.length = 0
  network.up = true
  await world.pass(60_000)
  const [sync] = server.calls.filter(({ method }) => method === 'sync')
  expect(sync?.params).toMatchObject({ cursors: { [group.id]: 3 } })
  expect(textsOf(chat.conversation(group.id).timeline.get())).toEqual(['kept', 'missed'])
  expect(chat.conversations.get()[0]?.unread).toBe(2)
})

test('[SDK159] what was read through stays on disk, and is kept current though it is not held', async () => {
  const setting = await annInABrowser()
  const { world, server, bob, group, tab } = setting
  const old = Array.from({ length: 120 }, (_, n) => server.send(group.id, bob.id, `m${n}`, `b${n}`))
  await world.pass()
  const handle = tab.chat.conversation(group.id)
  const release = handle.open()
  await world.pass()
  while (handle.timeline.get().hasEarlier) {
    const loaded = handle.loadEarlier()
    await world.pass()
    await loaded
  }
  release()
  await world.pass()
  // Edited when it isn't held any more; and so many new ones at once that they are not held together.
  const target = old[0]?.seq ?? 0
  const mentions = { userIds: [], all: false }
  const editedAt = server.now()
  server.act(group.id, bob.id, 'message.edited', { target, text: 'other words', mentions, editedAt })
  for (let n = 120; n < 200; n++) server.send(group.id, bob.id, `m${n}`, `b${n}`)
  await world.pass()
  const { chat } = await reopenedOffline(setting)
  const reopened = chat.conversation(group.id)
  reopened.open()
  expect(textsOf(reopened.timeline.get())).toHaveLength(25)
  while (reopened.timeline.get().hasEarlier) {
    const loaded = reopened.loadEarlier()
    await world.pass()
    await loaded
    expect(reopened.timeline.get().state).toBe('ready')
  }
  const expected = Array.from({ length: 200 }, (_, n) => (n === 0 ? 'other words' : `m${n}`))
  expect(textsOf(reopened.timeline.get())).toEqual(expected)
})

test('[SDK160] another person’s copy is never used, nor shown where it is known who comes', async () => {
  const setting = await annInABrowser()
  const { world, server, ann, bob, group, openTab, browser } = setting
  const { seq = 0 } = server.send(group.id, bob.id, 'of this group', 'b1') ?? {}
  await world.pass()
  server.act(group.id, bob.id, 'reaction.added', { target: seq, emoji: '👍' })
  await setting.tab.chat.close()
  const { storage } = browser.openTab()
  const { chat: bobs, network } = world.device(bob, { storage, userId: bob.id })
  network.up = false
  await world.pass()
  expect(bobs.conversations.get()).toEqual([])
  network.up = true
  await world.pass(60_000)
  expect(bobs.me.get()?.id).toBe(bob.id)
  expect(browser.disk.state?.userId).toBe(bob.id)
  await bobs.close()

  // Not known, it is shown until the server has said who it is.
  const anns = openTab(ann)
  await world.pass()
  expect(anns.chat.me.get()?.id).toBe(ann.id)
  expect(anns.chat.conversations.get()).toMatchObject([{ conversation: { me: { unread: 1 } } }])
  // Whose a reaction is differs for each.
  const [item] = anns.chat.conversation(group.id).timeline.get().items
  expect(item).toMatchObject({ message: { reactions: [{ emoji: '👍', count: 1, mine: false }] } })
})

test('[SDK161] another epoch drops what is kept as well', async () => {
  const setting = await annInABrowser()
  const { world, server, bob, group, openTab, tab, browser } = setting
  server.send(group.id, bob.id, 'of the first', 'b1')
  await world.pass()
  await tab.chat.close()
  server.epoch = 'second'
  const next = openTab()
  const resets: string[] = []
  next.chat.on('reset', ({ epoch }) => resets.push(epoch))
  await world.pass()
  expect(resets).toEqual(['second'])
  await next.chat.close()
  expect(browser.disk.state?.epoch).toBe('second')
})

test('[SDK162] signing out leaves nothing of the copy, the outbox and the drafts', async () => {
  const { world, server, ann, group, tab, browser } = await annInABrowser()
  await world.pass()
  tab.network.cutAll()
  tab.chat.conversation(group.id).send('unsent')
  tab.chat.conversation(group.id).setDraft('begun')
  expect(browser.disk.conversations.size).toBe(1)
  expect(await browser.outbox.load(ann.id)).toHaveLength(1)
  expect(await browser.drafts.load(ann.id)).toHaveLength(1)
  server.answersSignOut = true
  await tab.chat.signOut()
  expect(browser.disk.state).toBeUndefined()
  expect(browser.disk.conversations.size).toBe(0)
  expect(await browser.outbox.load(ann.id)).toEqual([])
  expect(await browser.drafts.load(ann.id)).toEqual([])
})

test('[SDK162] signing out erases what could not be read of the outbox, and where no socket ever opened', async () => {
  const { world, server, ann, group } = aGroup()
  const entry = { conversationId: group.id, clientId: 'left', text: 'unsent', createdAt: 1, number: 1 }
  for (const isReached of [true, false]) {
    const { storage } = new FakeBrowser().openTab()
    await storage.outbox.put(ann.id, entry)
    await storage.drafts.put(ann.id, { conversationId: group.id, text: 'begun' })
    const unread = { ...storage.outbox, load: () => Promise.reject(new Error('not now')) }
    const { chat, network } = world.device(ann, { storage: { ...storage, outbox: unread }, userId: ann.id })
    if (!isReached) network.socketsBlocked = true
    await world.pass()
    expect(await storage.outbox.load(ann.id)).toEqual([entry])
    server.answersSignOut = true
    await chat.signOut()
    expect(await storage.outbox.load(ann.id)).toEqual([])
    expect(await storage.drafts.load(ann.id)).toEqual([])
  }
})

test('[SDK161] what is dropped while it is being saved is gone once that save is done', async () => {
  const { world, ann, group } = aGroup()
  const disk = new MemoryDisk()
  const store = memoryLocalStore(disk)
  const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>()
  let saves = 0
  const held: Record<string, LocalConversation> = {
    [group.id]: beginAt({ conversation: group.seenBy(ann.id), rev: 1 }),
  }
  const keeper = new CopyKeeper({
    store: {
      ...store,
      async save(write) {
        if (++saves === 1) await mayGoOn
        return await store.save(write)
      },
    },
    tabs: oneTab,
    name: 'copy',
    clock: world.clock,
    log: () => undefined,
    state: () => ({ userId: ann.id, epoch: 'first', userRev: 1, since: '', me: undefined }),
    entries: () => Object.entries(held),
    copy: (id) => held[id],
    viewer: () => ann.id,
    users: () => [],
  })
  await keeper.load()
  keeper.changed(group.id)
  await world.pass()
  delete held[group.id]
  keeper.replace()
  goOn()
  await world.pass()
  expect(saves).toBe(2)
  expect([...disk.conversations.keys()]).toEqual([])
  await keeper.close()
})

test('[SDK163] a copy that can’t be read or written is done without, with a warning', async () => {
  const broken: LocalStore = {
    load: () => Promise.reject(new Error('corrupt')),
    save: () => Promise.reject(new Error('full')),
    earlier: () => Promise.reject(new Error('corrupt')),
    clear: () => Promise.reject(new Error('corrupt')),
    close: () => undefined,
  }
  const stores: [LocalStore, string][] = [
    [broken, 'read'],
    [{ ...broken, load: () => new Promise(() => undefined) }, 'read'],
    [{ ...broken, load: () => Promise.resolve(undefined) }, 'written'],
  ]
  for (const [copy, what] of stores) {
    const { world, ann, group } = aGroup()
    const { chat, logged } = world.device(ann, { storage: { ...memoryStorage(), copy } })
    await world.pass(12_000)
    expect(logged).toEqual([`the local copy can’t be ${what}: nothing is kept for the next start`])
    const { sent } = chat.conversation(group.id).send('all the same')
    await world.pass()
    expect((await sent).text).toBe('all the same')
    await chat.close()
    expect(world.clock.waiting).toBe(0)
  }
})

test('[SDK164] of several tabs one writes the copy, and when it is closed another goes on', async () => {
  const { world, server, bob, group, openTab, tab, browser } = await annInABrowser()
  const second = openTab()
  await world.pass()
  const writer = browser.disk.writer
  server.send(group.id, bob.id, 'both hear it', 'b1')
  await world.pass()
  expect(browser.disk.writer).toBe(writer)
  await tab.chat.close()
  server.send(group.id, bob.id, 'the second writes', 'b2')
  await world.pass()
  expect(browser.disk.writer).not.toBe(writer)
  const kept = browser.disk.conversations.get(group.id)?.kept
  expect(kept?.messages.map(({ text }) => text)).toEqual(['both hear it', 'the second writes'])
  await second.chat.close()
})

test('[SDK166] a tab that goes on writing keeps what another had kept', async () => {
  const { world, server, bob, group, openTab, tab, browser } = await annInABrowser()
  const old = Array.from({ length: 80 }, (_, n) => server.send(group.id, bob.id, `m${n}`, `b${n}`))
  await world.pass()
  const first = tab.chat.conversation(group.id)
  first.open()
  await world.pass()
  await Promise.all([first.loadEarlier(), world.pass()])
  await world.pass()
  const kept = () => [...(browser.disk.conversations.get(group.id)?.messages.values() ?? [])]
  expect(kept()).toHaveLength(80)

  // Opened anew before the old page has let go, as a reload does; then with news in between.
  const second = openTab()
  await world.pass()
  await tab.chat.close()
  await world.pass()
  expect(kept()).toHaveLength(80)
  const third = openTab()
  await world.pass()
  const target = old[0]?.seq ?? 0
  second.network.up = false
  server.act(group.id, bob.id, 'message.deleted', { target, deletedAt: server.now() })
  await world.pass()
  await second.chat.close()
  await world.pass()
  expect(kept()).toHaveLength(80)
  expect(kept().filter(({ deletedAt }) => deletedAt !== null)).toMatchObject([{ seq: target, text: '' }])

  // Who knows nothing of the time between keeps only what is held.
  const fourth = openTab()
  await world.pass()
  fourth.network.cutAll()
  fourth.network.up = false
  server.send(group.id, bob.id, 'last', 'last')
  await world.pass()
  await third.chat.close()
  await world.pass()
  expect(kept()).toHaveLength(25)
  await fourth.chat.close()
})
