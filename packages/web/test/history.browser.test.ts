import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { holdCalls } from './held-calls.ts'
import type { Person } from './people.ts'
import { composer, focused, isAtEnd, isMarked, message, messageRow, messages, sees, write } from './steps.ts'
import { testWorld } from './world.ts'

const count = 300
const world = testWorld()
let ada: Person
let ben: Person
let id: string
beforeAll(async () => {
  ada = await world.person('Ada')
  ben = await world.person('Ben')
  id = await world.conversation(ada, { kind: 'direct', memberIds: [ben.id] })
  for (let number = 1; number <= count; number++) {
    const text =
      number % 7 === 0 ? `message ${number}${'\nand another line'.repeat(number % 5)}` : `message ${number}`
    await world.send(number % 3 === 0 ? ben : ada, id, text)
  }
}, 60_000)

/** The list's offset once it has stood for ten frames. */
const restingOffset = (page: Page): Promise<number> =>
  page.locator('[data-timeline]').evaluate(async (list) => {
    let last = list.scrollTop
    for (let frames = 0; frames < 10; frames++) {
      await new Promise(requestAnimationFrame)
      if (list.scrollTop !== last) frames = 0
      last = list.scrollTop
    }
    return last
  })

const timeline = (page: Page) => page.getByRole('region', { name: 'Messages' })

test('[WEB17] scrolling up loads all of the history, to its beginning', async () => {
  const page = await world.open({ as: ada, path: `/c/${id}` })
  await sees(page, `message ${count}`)
  expect(await messages(page).count()).toBeLessThan(100)

  await timeline(page).hover()
  const beginning = page.locator('[data-beginning]')
  while (!(await beginning.isVisible())) await page.mouse.wheel(0, -2_000)
  await timeline(page).press('Home')
  await sees(page, 'message 1')
  // Only what is near the view is in the page.
  expect(await messages(page).count()).toBeLessThan(100)

  await page.getByRole('button', { name: 'Jump to the latest message' }).click()
  await sees(page, `message ${count}`)
  await world.leave(page)
})

test('[WEB17] the message that is looked at stays where it is while earlier ones come in above it', async () => {
  const page = await world.open({ as: ada })
  const history = await holdCalls(page, 'history')
  await page.goto(`${world.server.url}/c/${id}`)
  await sees(page, `message ${count - 10}`)
  await isAtEnd(page)
  history.hold()
  await timeline(page).press('Home')
  await page.getByText('Earlier messages…').waitFor()
  const offset = await restingOffset(page)

  const text = (await messages(page).first().locator('[data-message-text]').textContent()) ?? ''
  const placeOf = async () => (await message(page, text).boundingBox())?.y ?? Number.NaN
  const before = await placeOf()
  history.release()
  await page.getByText('Earlier messages…').waitFor({ state: 'detached' })
  expect(await restingOffset(page)).toBeGreaterThan(offset + 500)
  expect(Math.abs((await placeOf()) - before)).toBeLessThanOrEqual(2)
  await world.leave(page)
})

test('[WEB29] a conversation opens at its end and stays there while what is around it grows', async () => {
  const page = await world.open({ as: ada, path: `/c/${id}` })
  const bens = await world.open({ as: ben, path: `/c/${id}` })
  for (const height of [800, 400, 900]) {
    await page.setViewportSize({ width: 500, height })
    await isAtEnd(page)
  }
  await composer(page).fill('a draft\nof\nseveral\nlines')
  await write(bens, 'one\nmore\nfrom Ben')
  await sees(page, 'one\nmore\nfrom Ben')
  await isAtEnd(page)
  await world.leave(page, bens)
})

test('[WEB30] more unread than fits is read from where it begins, and only its end makes it read', async () => {
  const [reader, writer] = [await world.person('Reader'), await world.person('Writer')]
  const conversation = await world.conversation(writer, { kind: 'direct', memberIds: [reader.id] })
  const path = `/c/${conversation}`
  const writers = await world.open({ as: writer, path })
  for (let number = 1; number <= 30; number++) await world.send(writer, conversation, `news ${number}`)
  const last = message(writers, 'news 30')
  await last.waitFor()

  const page = await world.open({
    as: reader,
    path,
    viewport: { width: 400, height: 600 },
  })
  const jump = page.getByRole('button', { name: 'Jump to the latest message' })
  await jump.getByText('30 new').waitFor()
  await page.waitForFunction(() => {
    const [list, divider] = [
      document.querySelector('[data-timeline]'),
      document.querySelector('[data-unread-divider]'),
    ]
    return (
      Math.abs((divider?.getBoundingClientRect().top ?? 0) - (list?.getBoundingClientRect().top ?? 9e9)) < 3
    )
  })
  await world.send(writer, conversation, 'news 31')
  await jump.getByText('31 new').waitFor()
  expect(await last.locator('[data-delivery=read]').count()).toBe(0)

  await timeline(page).press('End')
  await isMarked(writers, 'news 31', 'read')
  await jump.waitFor({ state: 'detached' })
  await world.send(writer, conversation, 'news 32')
  await sees(page, 'news 32')
  await isAtEnd(page)
  await world.leave(page, writers)
})

test('[WEB15] who reads further up is not pulled down, sees how many are new, and has not read them', async () => {
  const page = await world.open({ as: ada, path: `/c/${id}` })
  await sees(page, `message ${count}`)
  await timeline(page).hover()
  const jump = page.getByRole('button', { name: 'Jump to the latest message' })
  // Again, since the list may still be settling at its end when the wheel first turns.
  while (!(await jump.isVisible())) await page.mouse.wheel(0, -900)

  const bens = await world.open({ as: ben, path: `/c/${id}` })
  await write(bens, 'are you there?')
  await jump.getByText(/\d+ new/).waitFor()
  expect(await message(bens, 'are you there?').locator('[data-delivery=read]').count()).toBe(0)

  await jump.click()
  await message(bens, 'are you there?').locator('[data-delivery=read]').waitFor()
  await jump.waitFor({ state: 'detached' })
  await world.leave(page, bens)
})

test('[WEB30] more unread than a page holds: the first unread is at the top, and nothing counts as read', async () => {
  const [reader, writer] = [await world.person('Late Reader'), await world.person('Busy Writer')]
  const conversation = await world.conversation(writer, { kind: 'direct', memberIds: [reader.id] })
  const path = `/c/${conversation}`
  await world.send(writer, conversation, 'read long ago')
  const before = await world.open({ as: reader, path })
  const writers = await world.open({ as: writer, path })
  await isMarked(writers, 'read long ago', 'read')
  await world.leave(before)
  for (let number = 1; number <= 180; number++) await world.send(writer, conversation, `news ${number}`)

  const page = await world.open({ as: reader, path })
  await sees(page, 'news 1')
  await page.waitForFunction(() => {
    const list = document.querySelector('[data-timeline]')
    const divider = document.querySelector('[data-unread-divider]')
    if (!list || !divider) return false
    return Math.abs(divider.getBoundingClientRect().top - list.getBoundingClientRect().top) < 3
  })
  await page.getByRole('button', { name: 'Jump to the latest message' }).getByText('180 new').waitFor()
  expect(await message(writers, 'news 180').locator('[data-delivery=read]').count()).toBe(0)
  await page.getByRole('button', { name: 'Jump to the latest message' }).click()
  await isMarked(writers, 'news 180', 'read')
  await world.leave(page, writers)
})

test('[WEB51] an old message is shown with what is around it, without all that lies between, and one reads on both ways', async () => {
  const page = await world.open({ as: ada })
  const history = await holdCalls(page, 'history')
  // Two members joined before the first message.
  await page.goto(`${world.server.url}/c/${id}?message=102`)
  await messageRow(page, 'message 100').and(focused(page)).waitFor()
  const jump = page.getByRole('button', { name: 'Jump to the latest message' })
  await jump.waitFor()
  // The latest page, the window, and one more at each of its edges.
  expect(history.count).toBeLessThanOrEqual(4)

  await jump.click()
  await sees(page, `message ${count}`)
  await isAtEnd(page)
  await jump.waitFor({ state: 'detached' })

  // Again, and down to the end by reading on; what is written there is seen there.
  await page.goto(`${world.server.url}/c/${id}?message=202`)
  await messageRow(page, 'message 200').and(focused(page)).waitFor()
  await timeline(page).hover()
  while (await jump.isVisible()) await page.mouse.wheel(0, 900)
  await write(page, 'at the end')
  await sees(page, 'at the end')
  await isAtEnd(page)

  // Out of a window one's own message leads to the end.
  await page.goto(`${world.server.url}/c/${id}?message=12`)
  await messageRow(page, 'message 10').and(focused(page)).waitFor()
  await write(page, 'from far up')
  await sees(page, 'from far up')
  await isAtEnd(page)
  await world.leave(page)
})
