import { expect, test } from 'bun:test'
import { Refusal } from '@confab/protocol/refusal'
import { FakeBrowser } from '../test/fake-browser.ts'
import { textsOf } from '../test/texts.ts'
import { aGroup } from '../test/world.ts'

/** Ann in a group with Bob, with so many tabs open, the first of which sends. */
async function annInTabs(count: number) {
  const { world, server, ann, bob, group } = aGroup()
  const browser = new FakeBrowser()
  const openTab = () => {
    const { storage, die } = browser.openTab()
    const device = world.device(ann, { storage })
    return { ...device, handle: device.chat.conversation(group.id), die }
  }
  const tabs: ReturnType<typeof openTab>[] = []
  for (; tabs.length < count; await world.pass()) tabs.push(openTab())
  const stored = () => group.messages(ann.id).map(({ text }) => text)
  const sends = () => server.calls.filter(({ method }) => method === 'message.send').length
  const [first, second, third] = tabs
  if (!first || !second) throw new Error('two tabs at least')
  return {
    world,
    server,
    ann,
    bob,
    group,
    browser,
    openTab,
    first,
    second,
    third: third ?? second,
    stored,
    sends,
  }
}

test('[SDK170] what is written in any tab shows in all, and one of them sends it, once', async () => {
  const { world, ann, first, second, third, stored, sends, browser } = await annInTabs(3)
  first.network.up = false
  const { sent } = second.handle.send('from the second')
  await world.pass(0)
  for (const { handle } of [first, second, third])
    expect(textsOf(handle.timeline.get())).toEqual(['sending: from the second'])
  first.network.up = true
  await world.pass(60_000)
  expect((await sent).text).toBe('from the second')
  expect(stored()).toEqual(['from the second'])
  for (const { handle } of [first, second, third])
    expect(textsOf(handle.timeline.get())).toEqual(['from the second'])
  expect(await browser.outbox.load(ann.id)).toEqual([])
  third.handle.send('from the third')
  await world.pass()
  expect(sends()).toBe(2)
})

test('[SDK171] the order of writing holds across tabs, after a reload too', async () => {
  const { world, server, first, second, third, stored, openTab } = await annInTabs(3)
  server.temper.refuse.set('message.send', [new Refusal('overloaded', { retryAfterMs: 60_000 })])
  for (const [tab, text] of [
    [second, 'a'],
    [third, 'b'],
    [first, 'c'],
    [second, 'd'],
  ] as const) {
    tab.handle.send(text)
    await world.pass(1)
  }
  const waiting = ['a', 'b', 'c', 'd'].map((text) => `sending: ${text}`)
  for (const { handle } of [first, second, third]) expect(textsOf(handle.timeline.get())).toEqual(waiting)
  for (const { chat } of [first, second, third]) await chat.close()
  const next = openTab()
  next.network.up = false
  await world.pass()
  expect(textsOf(next.handle.timeline.get())).toEqual(waiting)
  next.handle.send('e')
  next.network.up = true
  await world.pass(60_000)
  expect(stored()).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('[SDK172] a tab that closes or dies while it sends leaves it to another', async () => {
  for (const end of ['closes', 'dies']) {
    const { world, first, second, stored } = await annInTabs(2)
    // The call is on its way, and no answer will be heard.
    first.network.weather = { ...first.network.weather, breaksAfterCall: () => true }
    second.network.up = false
    const sent = second.handle.send(`it ${end}`).sent
    await world.pass(1)
    if (end === 'closes') await first.chat.close()
    first.die()
    first.network.up = false
    second.network.up = true
    await world.pass(60_000)
    expect((await sent).text).toBe(`it ${end}`)
    expect(stored()).toEqual([`it ${end}`])
    expect(textsOf(second.handle.timeline.get())).toEqual([`it ${end}`])
    await first.chat.close()
  }
})

test('[SDK173] what is refused, discarded or tried again in one tab is so in all', async () => {
  const { world, server, first, second, stored } = await annInTabs(2)
  server.temper.refuse.set('message.send', [new Refusal('forbidden'), new Refusal('forbidden')])
  const { clientId, sent } = second.handle.send('refused')
  const kept = second.handle.send('and this')
  await world.pass()
  expect(await sent.catch((error: unknown) => error)).toMatchObject({ code: 'forbidden' })
  await kept.sent.catch(() => undefined)
  const failed = ['failed: refused', 'failed: and this']
  for (const { handle } of [first, second]) expect(textsOf(handle.timeline.get())).toEqual(failed)
  first.handle.discard(kept.clientId)
  second.handle.retry(clientId)
  await world.pass()
  for (const { handle } of [first, second]) expect(textsOf(handle.timeline.get())).toEqual(['refused'])
  expect(stored()).toEqual(['refused'])
})

test('[SDK174] a tab that sends for all and says nothing is relieved', async () => {
  const { world, first, second, stored } = await annInTabs(2)
  // Asleep: it holds the lead, and does nothing.
  first.network.up = false
  const { sent } = second.handle.send('not held up')
  await world.pass(9_000)
  expect(stored()).toEqual([])
  await world.pass(2_000)
  expect((await sent).text).toBe('not held up')
  expect(stored()).toEqual(['not held up'])
})

test('[SDK174] a word of a tab that sends for all and can’t only puts off that it is relieved', async () => {
  const { world, first, second, stored } = await annInTabs(2)
  first.network.up = false
  second.handle.send('not held up')
  await world.pass(5_000)
  first.handle.send('written where there is no network')
  await world.pass(20_000)
  expect(stored()).toEqual(['not held up', 'written where there is no network'])
})

test('[SDK174] all that waits is looked after when the connection is back, not only the first of it', async () => {
  const { world, server, ann, group, first, second, stored } = await annInTabs(2)
  first.network.up = false
  const one = second.handle.send('comes another way')
  second.handle.send('not held up')
  second.network.cutAll()
  await world.pass(5_000)
  server.send(group.id, ann.id, 'comes another way', one.clientId)
  await world.pass(25_000)
  expect(stored()).toEqual(['comes another way', 'not held up'])
})

test('[SDK174] who was relieved takes the lead back from a tab that falls asleep with it', async () => {
  const { world, first, second, stored } = await annInTabs(2)
  first.network.up = false
  first.handle.send('by the first')
  second.handle.send('by the second')
  await world.pass(9_000)
  second.network.up = false
  await world.pass(2_000)
  // Soon enough for its connection to have stood it.
  first.network.up = true
  await world.pass(60_000)
  expect(stored()).toEqual(['by the first', 'by the second'])
})

test('[SDK175] a late word of a message that is settled brings nothing back', async () => {
  const { world, ann, group, first, second, browser, sends } = await annInTabs(2)
  const { clientId } = first.handle.send('once')
  await world.pass()
  const { storage } = browser.openTab()
  const entry = { conversationId: group.id, clientId, text: 'once', createdAt: 1, number: 1 }
  storage.tabs
    .channel(`confab outbox http://fake.test ${ann.id}`, () => undefined)
    .tell({ kind: 'added', entry })
  for (const news of [null, 'added', { kind: 'added', entry: {} }, { kind: 'stored', conversationId: 'x' }])
    storage.tabs.channel(`confab outbox http://fake.test ${ann.id}`, () => undefined).tell(news)
  await world.pass()
  for (const { handle } of [first, second]) expect(textsOf(handle.timeline.get())).toEqual(['once'])
  expect(sends()).toBe(1)
})
