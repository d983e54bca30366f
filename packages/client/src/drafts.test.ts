import { expect, test } from 'bun:test'
import { FakeBrowser } from '../test/fake-browser.ts'
import { aGroup } from '../test/world.ts'

/** Ann on two devices, in a group with Bob. */
async function annOnTwoDevices() {
  const { world, server, ann, group } = aGroup()
  const browser = new FakeBrowser()
  const openTab = () => {
    const device = world.device(ann, { storage: browser.openTab().storage })
    return { ...device, handle: device.chat.conversation(group.id) }
  }
  const laptop = openTab()
  const phoneDevice = world.device(ann)
  const phone = { ...phoneDevice, handle: phoneDevice.chat.conversation(group.id) }
  await world.pass()
  const kept = () => group.seenBy(ann.id).me?.draft
  return { world, server, ann, group, browser, openTab, laptop, phone, kept }
}

test('[SDK180] a draft shows at once, and on the other device when one pauses', async () => {
  const { world, server, laptop, phone, kept } = await annOnTwoDevices()
  const told = () => server.drafts.length
  for (const text of ['H', 'He', 'Hello']) {
    laptop.handle.setDraft(text)
    expect(laptop.handle.draft.get()).toBe(text)
    await world.pass(900)
  }
  expect([told(), kept()]).toEqual([0, null])
  await world.pass(200)
  expect([told(), kept()]).toEqual([1, 'Hello'])
  expect(phone.handle.draft.get()).toBe('Hello')
  // Who goes on writing is heard now and then.
  for (let n = 0; n < 10; n++) {
    laptop.handle.setDraft(`Hello ${n}`)
    await world.pass(900)
  }
  expect(told()).toBe(2)
  expect(laptop.handle.draft.get()).toBe('Hello 9')
})

test('[SDK181] of two devices the last word wins, and what is being written is not written over', async () => {
  const { world, laptop, phone, kept } = await annOnTwoDevices()
  laptop.handle.setDraft('of the laptop')
  await world.pass(2_000)
  phone.handle.setDraft('of the phone')
  await world.pass(500)
  laptop.handle.setDraft('of the laptop, going on')
  await world.pass(700)
  // The phone has told; here something newer waits to be told.
  expect(kept()).toBe('of the phone')
  expect(laptop.handle.draft.get()).toBe('of the laptop, going on')
  await world.pass(2_000)
  for (const { handle } of [laptop, phone]) expect(handle.draft.get()).toBe('of the laptop, going on')
})

test('[SDK182] sending clears the draft on every device, and a cleared one is none', async () => {
  const { world, server, laptop, phone, kept } = await annOnTwoDevices()
  laptop.handle.setDraft('to be sent')
  await world.pass(2_000)
  phone.handle.send('to be sent')
  expect(phone.handle.draft.get()).toBe('')
  await world.pass(100)
  expect([laptop.handle.draft.get(), kept()]).toEqual(['', null])
  // Nothing was begun: nothing is told.
  const before = server.drafts.length
  phone.handle.send('another')
  await world.pass(5_000)
  expect(server.drafts).toHaveLength(before)
})

test('[SDK183] a draft outlives the page and the network, and is told when there is one', async () => {
  const { world, ann, browser, laptop, openTab, phone, kept } = await annOnTwoDevices()
  laptop.network.up = false
  laptop.handle.setDraft('written on a train')
  await world.pass(3_000)
  await laptop.chat.close()
  const next = openTab()
  next.network.up = false
  await world.pass()
  expect(next.handle.draft.get()).toBe('written on a train')
  expect(kept()).toBeNull()
  next.network.up = true
  await world.pass(60_000)
  expect([kept(), phone.handle.draft.get()]).toEqual(['written on a train', 'written on a train'])
  expect(await browser.drafts.load(ann.id)).toEqual([])
})

test('[SDK184] a draft that the server refuses stays here, and one that could not be told is told again', async () => {
  const { world, server, laptop, kept } = await annOnTwoDevices()
  server.draftAnswers.push(400, 503)
  laptop.handle.setDraft('too long')
  await world.pass(60_000)
  expect([laptop.handle.draft.get(), kept()]).toEqual(['too long', null])
  laptop.handle.setDraft('shorter')
  await world.pass(60_000)
  expect([laptop.handle.draft.get(), kept()]).toEqual(['shorter', 'shorter'])
  await laptop.chat.close()
})
