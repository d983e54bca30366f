import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { meet } from './meet.ts'
import { choose, composer, focused, message, messageRow, row, sees, write } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld()

test('[WEB34] a pin shows to all, in the panel too, which leads back far up the history', async () => {
  const texts = ['Remember this', ...Array.from({ length: 130 }, (_, index) => `line ${index + 1}`)]
  const { id, firstSeq, adas, bens, ben } = await meet(world, 'Pins', texts)
  await adas.getByRole('button', { name: 'Pinned messages' }).click()
  await adas.getByText('Nothing is pinned').waitFor()
  await adas.keyboard.press('Escape')
  // So much is unread that Ben's begins further up.
  await bens.getByRole('button', { name: 'Jump to the latest message' }).click()
  await choose(bens, 'line 130', 'Pin')
  await messageRow(adas, 'line 130').getByRole('img', { name: 'Pinned' }).waitFor()

  // The very first message, pinned elsewhere: the panel hears of it.
  await adas.getByRole('button', { name: 'Pinned messages' }).click()
  const panel = adas.getByRole('dialog')
  await panel.getByText('line 130').waitFor()
  await world.call(ben, 'PUT', `/api/v1/conversations/${id}/messages/${firstSeq}/pin`)
  await panel.getByText('Remember this').waitFor()
  await panel
    .getByRole('listitem')
    .filter({ hasText: 'Remember this' })
    .getByRole('button', { name: 'Show in conversation' })
    .click()
  await panel.waitFor({ state: 'detached' })
  // In view, with the focus, and standing out for a moment.
  const remembered = messageRow(adas, 'Remember this')
  await remembered.and(focused(adas)).and(adas.locator('[data-found]')).waitFor()
  const box = await remembered.boundingBox()
  expect(box && box.y >= 0 && box.y + box.height <= 800).toBe(true)
  await remembered.and(adas.locator(':not([data-found])')).waitFor()

  await choose(bens, 'line 130', 'Unpin')
  await adas.getByRole('button', { name: 'Pinned messages' }).click()
  await panel.getByText('Remember this').waitFor()
  await panel.getByText('line 130').waitFor({ state: 'detached' })
  await world.leave(adas, bens)
})

test('[WEB37] [WEB38] a mention is completed by keyboard, counted in the list, and marked', async () => {
  const { id, adas, bens, ada } = await meet(world, 'Mentions', ['Anybody?'])
  await bens.goto(world.server.url)
  await row(bens, 'Mentions').waitFor()
  await composer(adas).pressSequentially('Hello @be')
  await adas
    .getByRole('option', { name: /Ben Example/ })
    .and(adas.locator('[aria-selected=true]'))
    .waitFor()
  await composer(adas).press('Enter')
  const written = await composer(adas).inputValue()
  expect(written).toMatch(/^Hello @ben\w* $/)
  await composer(adas).pressSequentially('how are you?')
  await composer(adas).press('Enter')
  await row(bens, 'Mentions').getByText('1 mention of you').waitFor()
  await row(bens, 'Mentions').click()
  await bens.locator('[data-mention=mine]').getByText(written.trim().slice(6)).waitFor()
  await adas.locator('[data-mention=other]').getByText(written.trim().slice(6)).waitFor()
  await row(bens, 'Mentions').getByText('mention of you').waitFor({ state: 'detached' })

  // Two ways to say no: Escape closes the list, and the text is sent as it stands.
  await composer(adas).pressSequentially('@be')
  await adas.getByRole('option').first().waitFor()
  await composer(adas).press('Escape')
  await adas.getByRole('option').first().waitFor({ state: 'detached' })
  await composer(adas).press('Enter')
  await sees(bens, '@be')

  await world.send(ada, id, 'The hall is on fire', { priority: 'high' })
  await message(bens, 'The hall is on fire').getByText('Important').waitFor()
  await world.leave(adas, bens)
})

test('[WEB42] muting and pinning a conversation are one’s own, and show in the list', async () => {
  const { adas, bens, ada, ben } = await meet(world, 'Quiet', ['psst'])
  await world.conversation(ada, { kind: 'group', name: 'Later', memberIds: [ben.id] })
  await row(adas, 'Later').waitFor()
  const first = (page: Page) => page.locator('[data-conversation-row]').first()
  await adas.getByRole('button', { name: 'Details' }).click()
  await adas.getByRole('switch', { name: 'Mute' }).click()
  await adas.getByRole('switch', { name: 'Mute' }).and(adas.locator('[aria-checked=true]')).waitFor()
  await adas.getByRole('switch', { name: 'Pin to the top' }).click()
  // What is behind a dialog is hidden from whoever looks by role.
  await adas.keyboard.press('Escape')
  await row(adas, 'Quiet').getByRole('img', { name: 'Muted' }).waitFor()
  await first(adas).filter({ hasText: 'Quiet' }).getByRole('img', { name: 'Pinned' }).waitFor()
  expect(await row(bens, 'Quiet').getByRole('img', { name: 'Muted' }).count()).toBe(0)

  await adas.getByRole('button', { name: 'Details' }).click()
  await adas.getByRole('switch', { name: 'Pin to the top' }).click()
  await adas.keyboard.press('Escape')
  await first(adas).filter({ hasText: 'Later' }).waitFor()
  await world.leave(adas, bens)
})

test('[WEB93] a conversation that is marked as unread stands out on all of one’s devices until it is opened', async () => {
  const { adas, bens, ada } = await meet(world, 'Errand', ['milk'])
  const others = await world.open({ as: ada })
  await row(others, 'Errand').waitFor()
  const marked = (page: Page) => row(page, 'Errand').getByRole('img', { name: 'Marked as unread' })
  await adas.getByRole('button', { name: 'Details' }).click()
  await adas.getByRole('button', { name: 'Mark as unread' }).click()
  await Promise.all([adas, others].map((page) => marked(page).waitFor()))
  expect(await row(bens, 'Errand').count()).toBe(1)
  expect(await marked(bens).count()).toBe(0)

  await row(others, 'Errand').click()
  await Promise.all([adas, others].map((page) => marked(page).waitFor({ state: 'detached' })))
  await world.leave(adas, bens, others)
})

test('[WEB43] a new message is made important by Alt+I or its button, and is marked for everybody', async () => {
  const { adas, bens } = await meet(world, 'Alarms', ['Hello'])
  const important = adas.getByRole('button', { name: 'Important' })
  await composer(adas).fill('The hall is on fire')
  await composer(adas).press('Alt+i')
  await important.and(adas.locator('[aria-pressed=true]')).waitFor()
  await adas.getByText('Important: it stands out').waitFor()
  await composer(adas).press('Escape')
  await important.and(adas.locator('[aria-pressed=false]')).waitFor()
  // The keyboard's other way: Tab from the text.
  await composer(adas).press('Tab')
  await adas.keyboard.press('Tab')
  await important.and(focused(adas)).press('Enter')
  await composer(adas).and(focused(adas)).press('Enter')
  for (const page of [adas, bens]) await message(page, 'The hall is on fire').getByText('Important').waitFor()

  // It holds for one message.
  await write(adas, 'It is out')
  await sees(bens, 'It is out')
  expect(await message(bens, 'It is out').getByText('Important').count()).toBe(0)
  await world.leave(adas, bens)
})

test('[WEB44] an emoji is put into the text where the caret stands', async () => {
  const { adas, bens } = await meet(world, 'Emojis', ['Hello'])
  await composer(adas).fill('We fly!')
  await composer(adas).press('ArrowLeft')
  await adas.getByRole('button', { name: 'Insert an emoji' }).click()
  await adas.getByRole('searchbox', { name: 'Find an emoji' }).fill('rocket')
  await adas.getByRole('searchbox', { name: 'Find an emoji' }).press('Enter')
  await composer(adas).and(focused(adas)).waitFor()
  await adas.keyboard.type('?')
  await adas.keyboard.press('Enter')
  await sees(bens, 'We fly🚀?!')
  await world.leave(adas, bens)
})

test('[WEB48] the address of a message, copied from its menu, leads to it', async () => {
  const texts = ['Remember this', ...Array.from({ length: 130 }, (_, index) => `line ${index + 1}`)]
  const { adas, bens, id, firstSeq, ben } = await meet(world, 'Addresses', texts)
  await adas.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await choose(adas, 'line 130', 'Copy link')
  const link = (seq: number) => `${world.server.url}/c/${id}?message=${seq}`
  await adas.waitForFunction(
    async (wanted) => (await navigator.clipboard.readText()) === wanted,
    link(firstSeq + 130),
  )
  const fresh = await world.open({ as: ben, path: link(firstSeq).slice(world.server.url.length) })
  await messageRow(fresh, 'Remember this').and(focused(fresh)).waitFor()
  await world.leave(adas, bens, fresh)
})

test('[WEB49] the list shows what was begun and not sent, and what is important', async () => {
  const { adas, bens, ada, id } = await meet(world, 'Beginnings', ['Hello'])
  await composer(adas).fill('I have been')
  await adas.getByRole('link', { name: 'New conversation' }).first().click()
  await row(adas, 'Beginnings').locator('[data-draft]').getByText('I have been').waitFor()
  await row(adas, 'Beginnings').click()
  await row(adas, 'Beginnings').locator('[data-draft]').waitFor({ state: 'detached' })
  expect(await composer(adas).inputValue()).toBe('I have been')

  await bens.goto(world.server.url)
  await world.send(ada, id, 'The hall is on fire', { priority: 'high' })
  await row(bens, 'Beginnings').getByRole('img', { name: 'Important' }).waitFor()
  await world.leave(adas, bens)
})
