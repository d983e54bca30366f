import { expect, test } from 'bun:test'
import { Refusal } from '@confab/protocol/refusal'
import { textsOf } from '../test/texts.ts'
import { twoInAGroup } from '../test/world.ts'

/** A conversation of so many messages, of which Ann holds the latest page. */
async function longConversation(count = 300) {
  const setting = await twoInAGroup()
  const { world, server, bob, group, handle } = setting
  const seqs = Array.from(
    { length: count },
    (_, n) => server.send(group.id, bob.id, `m${n}`, `b${n}`)?.seq ?? 0,
  )
  await world.pass()
  handle.open()
  await world.pass()
  const seqOf = (n: number) => seqs[n] ?? 0
  const texts = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `m${from + n}`)
  /** What a promise of the SDK comes to, while time passes. */
  const done = async (promise: Promise<void>) => {
    await world.pass()
    await promise
  }
  return { ...setting, seqOf, texts, done }
}

test('[SDK190] a window stands around an old message, apart from the latest, and loads on both ways', async () => {
  const { world, handle, seqOf, texts, done } = await longConversation()
  const window = handle.around(seqOf(100))
  expect(window.timeline.get()).toMatchObject({ items: [], hasLater: true, state: 'loading' })
  await world.pass()
  const first = window.timeline.get()
  expect(first).toMatchObject({ hasEarlier: true, hasLater: true, state: 'ready' })
  const shown = textsOf(first)
  expect(shown).toHaveLength(50)
  expect(shown).toContain('m100')
  const [begin, end] = [shown[0], shown.at(-1)].map((text) => Number(text?.slice(1)))
  await done(window.loadEarlier())
  expect(textsOf(window.timeline.get())).toEqual(texts((begin ?? 0) - 50, end ?? 0))
  await done(window.loadLater())
  expect(textsOf(window.timeline.get())).toEqual(texts((begin ?? 0) - 50, (end ?? 0) + 50))
  // The conversation's own timeline knows nothing of it.
  expect(handle.timeline.get().hasLater).toBe(false)
  expect(textsOf(handle.timeline.get())).not.toContain('m100')
})

test('[SDK191] loaded on to the latest it joins them, without a hole, and is the same from then on', async () => {
  const { world, server, group, bob, handle, seqOf, texts, done } = await longConversation()
  const window = handle.around(seqOf(100))
  await world.pass()
  for (let tries = 0; window.timeline.get().hasLater && tries < 10; tries++) {
    await done(window.loadLater())
    const shown = textsOf(window.timeline.get())
    expect(shown).toEqual(texts(Number(shown[0]?.slice(1)), Number(shown.at(-1)?.slice(1))))
  }
  const joined = window.timeline.get()
  expect(joined.hasLater).toBe(false)
  expect(textsOf(joined).at(-1)).toBe('m299')
  server.send(group.id, bob.id, 'and goes on', 'b300')
  handle.send('with one’s own')
  await world.pass()
  expect(window.timeline.get()).toBe(handle.timeline.get())
  expect(textsOf(window.timeline.get()).slice(-2)).toEqual(['and goes on', 'with one’s own'])
  await done(window.loadEarlier())
  await done(window.loadLater())
  while (handle.timeline.get().hasEarlier) await done(handle.loadEarlier())
  expect(textsOf(handle.timeline.get()).slice(0, 300)).toEqual(texts(0, 299))
})

test('[SDK191] around a message that is held it is the conversation’s own timeline at once', async () => {
  const { server, handle, seqOf } = await longConversation()
  server.calls.length = 0
  const window = handle.around(seqOf(290))
  expect(window.timeline.get()).toBe(handle.timeline.get())
  expect(server.calls).toEqual([])
  window.close()
})

test('[SDK192] what happens to the messages of a window shows in it, and what one does oneself at once', async () => {
  const { world, server, ann, bob, group, handle, seqOf } = await longConversation()
  const window = handle.around(seqOf(100))
  await world.pass()
  server.act(group.id, bob.id, 'message.edited', {
    target: seqOf(100),
    text: 'other words',
    mentions: { userIds: [], all: false },
    editedAt: server.now(),
  })
  await world.pass()
  expect(textsOf(window.timeline.get())).toContain('other words')
  const reactionsAt101 = () =>
    window.timeline
      .get()
      .items.flatMap((item) =>
        item.status === 'sent' && item.message.seq === seqOf(101) ? item.message.reactions : [],
      )
  const done = handle.react(seqOf(101), '👍')
  expect(reactionsAt101()).toEqual([{ emoji: '👍', count: 1, mine: true }])
  await world.pass()
  await done
  expect(reactionsAt101()).toEqual([{ emoji: '👍', count: 1, mine: true }])
  const held = window.timeline.get().items.flatMap((item) => (item.status === 'sent' ? [item.message] : []))
  const seqs = new Set(held.map(({ seq }) => seq))
  expect(held).toEqual(group.messages(ann.id).filter(({ seq }) => seqs.has(seq)))
})

test('[SDK193] after so much that it can’t be told what happened, a window is fetched anew', async () => {
  const { world, server, bob, group, device, handle, seqOf, texts } = await longConversation()
  const window = handle.around(seqOf(100))
  await world.pass()
  device.network.up = false
  device.network.cutAll()
  const deletedAt = server.now()
  server.act(group.id, bob.id, 'message.deleted', { target: seqOf(100), deletedAt })
  for (let n = 300; n < 900; n++) server.send(group.id, bob.id, `m${n}`, `b${n}`)
  device.network.up = true
  await world.pass(60_000)
  const timeline = window.timeline.get()
  expect(timeline).toMatchObject({ hasLater: true, state: 'ready' })
  const shown = textsOf(timeline)
  expect(shown.filter((text) => text !== '')).toEqual(
    texts(Number(shown[0]?.slice(1)), Number(shown.at(-1)?.slice(1))).filter((text) => text !== 'm100'),
  )
  expect(shown).toContain('')
})

test('[SDK194] a window that can’t be had says so, and is had when the connection is back', async () => {
  const { world, server, device, handle, seqOf } = await longConversation()
  server.temper.refuse.set('history', [new Refusal('overloaded')])
  const refused = handle.around(seqOf(50))
  await world.pass()
  expect(refused.timeline.get()).toMatchObject({ state: 'failed', hasLater: true })
  device.network.cutAll()
  await world.pass(60_000)
  expect(refused.timeline.get().state).toBe('ready')
  expect(textsOf(refused.timeline.get())).toContain('m50')
  // Closed, it asks for nothing more.
  refused.close()
  server.calls.length = 0
  device.network.cutAll()
  await world.pass(60_000)
  expect(server.calls.filter(({ method }) => method === 'history')).toEqual([])
})
