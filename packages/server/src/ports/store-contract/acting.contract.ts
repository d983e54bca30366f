import { expect, test } from 'bun:test'
import type { ConversationId, UserId } from '@confab/protocol/ids'
import { fetchOne, logOf, type OpenStore, openWorld, reading, type World } from './world.contract.ts'

interface On {
  conversationId: ConversationId
  actorId: UserId
  at: number
  seq: number
}

/** Ana owns a group in which Ben has said something; Cid is a member, Dan is not. */
async function setUp(world: World) {
  const [ana, ben, cid, dan] = await Promise.all(['ana', 'ben', 'cid', 'dan'].map((name) => world.user(name)))
  if (!ana || !ben || !cid || !dan) throw new Error('nobody is missing')
  const id = await world.group([ana, ben, cid])
  const said = await world.send(id, ben, { text: 'first words' })
  const on = (actorId: UserId, seq = said.seq): On => ({ conversationId: id, actorId, at: world.now, seq })
  const shown = (viewerId: UserId, seq = said.seq) =>
    world.store.message({ conversationId: id, seq, viewerId })
  return { ana, ben, cid, dan, id, said, on, shown }
}

/** What can be done to a message. */
export function actingContract(open: OpenStore) {
  test('[STORE30] one edits one’s own message, and no answer shows the old text', async () => {
    await using world = await openWorld(open)
    const { ana, ben, dan, id, said, on, shown } = await setUp(world)
    const edit = { write: 'message.edit', text: 'other words' } as const
    expect(await world.codeOf({ ...edit, ...on(ana) })).toBe('forbidden')
    expect(await world.codeOf({ ...edit, ...on(dan) })).toBe('not_found')
    expect(await world.codeOf({ ...edit, ...on(ben, said.seq + 1) })).toBe('not_found')
    const { events } = await world.done({ ...edit, ...on(ben) })
    expect(events).toMatchObject([
      { type: 'message.edited', data: { target: said.seq, text: 'other words' } },
    ])
    expect(await shown(ana)).toMatchObject({ text: 'other words', updatedSeq: said.seq + 1 })
    expect(JSON.stringify(await logOf(world, id))).not.toContain('first words')
    expect((await world.done({ ...edit, ...on(ben) })).events).toEqual([])
  })

  test('[STORE31] one deletes one’s own message, admins anyone’s: the place stays and nothing else', async () => {
    await using world = await openWorld(open)
    const { ana, ben, cid, id, said, on, shown } = await setUp(world)
    await world.done({ write: 'message.react', ...on(cid), emoji: '👍', on: true })
    const remove = { write: 'message.delete' } as const
    expect(await world.codeOf({ ...remove, ...on(cid) })).toBe('forbidden')
    const [event] = (await world.done({ ...remove, ...on(ana) })).events
    expect(event?.type).toBe('message.deleted')
    const { text, reactions, deletedAt, ordinal } = (await shown(ben)) ?? {}
    expect({ text, reactions, deletedAt, ordinal }).toEqual({
      text: '',
      reactions: [],
      deletedAt: new Date(world.now).toISOString(),
      ordinal: said.ordinal,
    })
    expect(JSON.stringify(await logOf(world, id))).not.toContain('first words')
    expect((await world.done({ ...remove, ...on(ben) })).events).toEqual([])
    for (const write of [
      { write: 'message.edit', text: 'again' } as const,
      { write: 'message.react', emoji: '👍', on: true } as const,
      { write: 'message.pin', on: true } as const,
    ]) {
      expect(await world.codeOf({ ...write, ...on(ben) })).toBe('conflict')
    }
  })

  test('[STORE32] a deleted message is unread no more, and one that mentioned me mentions me no more', async () => {
    await using world = await openWorld(open)
    const { ana, ben, id, on } = await setUp(world)
    await world.done(reading(world, id, ana, 100))
    const message = await world.send(id, ben, { mentioned: { handles: ['ana'], all: false } })
    await world.send(id, ben)
    expect((await fetchOne(world, id, ana)).me).toMatchObject({ unread: 2, mentions: 1 })
    await world.done({ write: 'message.delete', ...on(ben, message.seq) })
    expect((await fetchOne(world, id, ana)).me).toMatchObject({ unread: 1, mentions: 0 })
  })

  test('[STORE33] a reaction of one kind counts once a user, is shown as mine to me, and can be taken back', async () => {
    await using world = await openWorld(open)
    const { ana, ben, cid, id, said, on, shown } = await setUp(world)
    const react = (actorId: UserId, emoji: string, yes: boolean) =>
      world.done({ write: 'message.react', ...on(actorId), emoji, on: yes })
    await react(ana, '👍', true)
    await react(cid, '🎉', true)
    await react(ben, '👍', true)
    expect((await react(ben, '👍', true)).events).toEqual([])
    expect((await shown(cid))?.reactions).toEqual([
      { emoji: '👍', count: 2, mine: false },
      { emoji: '🎉', count: 1, mine: true },
    ])
    const page = { conversationId: id, seq: said.seq, emoji: '👍', limit: 1 }
    const first = await world.store.reactors(page)
    const second = await world.store.reactors({ ...page, cursor: first.next ?? undefined })
    expect([...first.items, ...second.items].map((user) => user.id)).toEqual([ana, ben])
    expect(second.next).toBeNull()
    expect((await react(ana, '👍', false)).events).toMatchObject([{ type: 'reaction.removed' }])
    expect((await react(ana, '👍', false)).events).toEqual([])
    expect((await shown(ana))?.reactions[0]).toEqual({ emoji: '👍', count: 1, mine: false })
  })

  test('[STORE34] a message takes so many kinds of reactions and no more, but every hand for those', async () => {
    await using world = await openWorld(open)
    const { ana, ben, on } = await setUp(world)
    const react = (actorId: UserId, index: number) => ({
      write: 'message.react' as const,
      ...on(actorId),
      emoji: String.fromCodePoint(0x1f600 + index),
      on: true,
    })
    for (let index = 0; index < 50; index++) await world.done(react(ana, index))
    expect(await world.codeOf(react(ana, 50))).toBe('conflict')
    expect(await world.codeOf(react(ben, 49))).toBe('committed')
  })

  test('[STORE35] any member pins and unpins; the pins are listed, the latest first, without deleted ones', async () => {
    await using world = await openWorld(open)
    const { ana, ben, cid, id, said, on, shown } = await setUp(world)
    const later = await world.send(id, ana)
    const pin = (actorId: UserId, seq: number, yes: boolean) =>
      world.done({ write: 'message.pin', ...on(actorId, seq), on: yes })
    await pin(cid, later.seq, true)
    await pin(ben, said.seq, true)
    expect((await pin(ben, said.seq, true)).events).toEqual([])
    const pins = async () => {
      const page = { conversationId: id, viewerId: ana, limit: 50 }
      return (await world.store.pins(page)).items.map(({ seq }) => seq)
    }
    expect(await pins()).toEqual([said.seq, later.seq])
    expect((await shown(ana))?.pinned).toBe(true)
    await world.done({ write: 'message.delete', ...on(ana, later.seq) })
    expect(await pins()).toEqual([said.seq])
    await pin(cid, said.seq, false)
    expect(await pins()).toEqual([])
  })

  test('[STORE36] a mention counts for the member mentioned, never for the sender or a stranger', async () => {
    await using world = await openWorld(open)
    const { ana, ben, cid, id } = await setUp(world)
    for (const who of [ana, ben, cid]) await world.done(reading(world, id, who, 100))
    const mentioned = { handles: ['ana', 'ben', 'dan', 'nobody'], all: false }
    const sent = await world.send(id, ben, { mentioned })
    expect(sent.mentions).toEqual({ userIds: [ana, ben], all: false })
    const counts = async () =>
      Promise.all([ana, ben, cid].map(async (who) => (await fetchOne(world, id, who)).me?.mentions))
    expect(await counts()).toEqual([1, 0, 0])
    await world.done(reading(world, id, ana, sent.seq))
    expect(await counts()).toEqual([0, 0, 0])
  })

  test('[STORE37] `@all` from an admin mentions everybody else, once; from a member it is plain text', async () => {
    await using world = await openWorld(open)
    const { ana, ben, cid, id } = await setUp(world)
    const mentioned = { handles: ['cid'], all: true }
    const plain = await world.send(id, ben, { mentioned: { handles: [], all: true } })
    const called = await world.send(id, ana, { mentioned })
    expect([plain.mentions.all, called.mentions.all]).toEqual([false, true])
    const counts = [ana, ben, cid].map(async (who) => (await fetchOne(world, id, who)).me?.mentions)
    expect(await Promise.all(counts)).toEqual([0, 1, 1])
  })

  test('[STORE38] an edit can mention others than the message did before', async () => {
    await using world = await openWorld(open)
    const { ana, ben, cid, id, on } = await setUp(world)
    for (const who of [ana, cid]) await world.done(reading(world, id, who, 100))
    const sent = await world.send(id, ben, { mentioned: { handles: ['ana'], all: false } })
    const edit = { write: 'message.edit', text: '@cid', mentioned: { handles: ['cid'], all: false } } as const
    await world.done({ ...edit, ...on(ben, sent.seq) })
    const counts = [ana, cid].map(async (who) => (await fetchOne(world, id, who)).me?.mentions)
    expect(await Promise.all(counts)).toEqual([0, 1])
  })

  test('[STORE39] a forwarded message names who wrote it and when; nobody edits somebody else’s words', async () => {
    await using world = await openWorld(open)
    const { ana, ben, id, said, on, shown } = await setUp(world)
    const forwardedFrom = { senderId: ben, createdAt: world.now - 1_000 }
    const { seq } = await world.send(id, ana, { text: said.text, forwardedFrom })
    const expected = { senderId: ben, createdAt: new Date(world.now - 1_000).toISOString() }
    expect((await shown(ben, seq))?.forwardedFrom).toEqual(expected)
    expect(await world.codeOf({ write: 'message.edit', ...on(ana, seq), text: 'mine' })).toBe('conflict')
  })
}
