import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { troubleOf } from './browsers.ts'
import { meet } from './meet.ts'
import { choose, composer, expectTexts, focused, message, messageRow, row, sees, write } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld()

test('[WEB31] a reaction is a press away, shows to both with its count, and says who', async () => {
  const { adas, bens } = await meet(world, 'Reactions', ['Shall we?'])
  const trouble = troubleOf(adas)
  await choose(adas, 'Shall we?', 'React with thumbs up')
  const chip = (page: Page, name: string) =>
    messageRow(page, 'Shall we?').getByRole('button', { name, exact: true })
  await chip(adas, '👍 1').and(adas.locator('[aria-pressed=true]')).waitFor()
  await chip(bens, '👍 1').and(bens.locator('[aria-pressed=false]')).click()
  await chip(adas, '👍 2').hover()
  await chip(adas, '👍 2').and(adas.getByTitle('You, Ben Example')).waitFor()

  await chip(bens, '👍 2').click()
  await chip(adas, '👍 1').waitFor()
  await chip(adas, '👍 1').click()
  await chip(bens, '👍 1').waitFor({ state: 'detached' })

  // Any other, by its name or as itself.
  await message(adas, 'Shall we?').hover()
  await messageRow(adas, 'Shall we?').getByRole('button', { name: 'React', exact: true }).click()
  await adas.getByRole('searchbox', { name: 'Find an emoji' }).fill('butterfly')
  await adas.getByRole('button', { name: 'butterfly' }).click()
  await chip(bens, '🦋 1').waitFor()
  await choose(adas, 'Shall we?', 'More emojis')
  await adas.getByRole('searchbox', { name: 'Find an emoji' }).fill('🧮')
  await adas.getByRole('searchbox', { name: 'Find an emoji' }).press('Enter')
  await chip(bens, '🧮 1').waitFor()
  expect(trouble).toEqual([])
  await world.leave(adas, bens)
})

test('[WEB32] [WEB33] a reply quotes what it answers, follows its edit and deletion, and leads to it', async () => {
  const { adas, bens } = await meet(world, 'Replies', ['The first wording'])
  await choose(bens, 'The first wording', 'Reply')
  await composer(bens).and(focused(bens)).waitFor()
  await bens.getByText('Replying to').waitFor()
  await write(bens, 'an answer')
  await sees(adas, 'an answer')
  const quote = (page: Page) => message(page, 'an answer').locator('[data-quote]')
  await quote(adas).getByText('The first wording').waitFor()
  await quote(bens).getByText('Ada Example').waitFor()

  // One edits one's last message by Up; Escape leaves it as it was, and the draft comes back.
  await composer(adas).press('ArrowUp')
  expect(await composer(adas).inputValue()).toBe('The first wording')
  await composer(adas).press('Escape')
  expect(await composer(adas).inputValue()).toBe('')
  await composer(adas).press('ArrowUp')
  await composer(adas).fill('The second wording')
  await composer(adas).press('Enter')
  for (const page of [adas, bens]) {
    await quote(page).getByText('The second wording').waitFor()
    await messageRow(page, 'The second wording').getByText('edited').waitFor()
  }
  await expectTexts(bens, ['The second wording', 'an answer'])

  await quote(bens).click()
  await messageRow(bens, 'The second wording').and(focused(bens)).waitFor()

  await choose(adas, 'The second wording', 'Delete…')
  await adas.getByRole('button', { name: 'Keep it' }).click()
  await choose(adas, 'The second wording', 'Delete…')
  await adas.getByRole('button', { name: 'Delete', exact: true }).click()
  for (const page of [adas, bens]) {
    await quote(page).getByText('This message was deleted').waitFor()
    await page.locator('[data-message] > p').getByText('This message was deleted').waitFor()
    await expectTexts(page, ['an answer'])
  }
  await world.leave(adas, bens)
})

test('[WEB33] one edits one’s own messages only, and admins delete those of others', async () => {
  const { adas, bens } = await meet(world, 'Rights', ['Ada’s'])
  await write(bens, 'Ben’s')
  await sees(adas, 'Ben’s')
  const items = async (page: Page, text: string) => {
    await message(page, text).hover()
    await messageRow(page, text).getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Reply' }).waitFor()
    const names = await page.getByRole('menuitem').allTextContents()
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
    return names.filter((name) => /Edit|Delete/.test(name))
  }
  expect(await items(bens, 'Ben’s')).toEqual(['Edit', 'Delete…'])
  expect(await items(bens, 'Ada’s')).toEqual([])
  expect(await items(adas, 'Ben’s')).toEqual(['Delete…'])
  await world.leave(adas, bens)
})

test('[WEB35] a forward is sent to the chosen conversation, and names who wrote it', async () => {
  const { adas, bens, ada, ben } = await meet(world, 'Sources', ['Worth passing on'])
  const target = await world.conversation(ben, { kind: 'group', name: 'Targets', memberIds: [ada.id] })
  await row(bens, 'Targets').waitFor()
  await choose(bens, 'Worth passing on', 'Forward…')
  await bens.getByRole('searchbox', { name: 'Find a conversation' }).fill('target')
  await bens.getByRole('dialog').getByRole('button', { name: 'Targets' }).click()
  await bens.getByRole('heading', { name: 'Targets', level: 2 }).waitFor()
  await message(bens, 'Worth passing on').getByText('Forwarded from Ada Example').waitFor()
  await adas.goto(`${world.server.url}/c/${target}`)
  await message(adas, 'Worth passing on').getByText('Forwarded from You').waitFor()
  await world.leave(adas, bens)
})

test('[WEB36] a message’s text is copied as it was sent', async () => {
  const text = 'two  spaces\n<b>& a line</b>'
  const { adas, bens } = await meet(world, 'Copies', [text])
  await adas.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await choose(adas, text, 'Copy text')
  await adas.waitForFunction(async (wanted) => (await navigator.clipboard.readText()) === wanted, text)
  await world.leave(adas, bens)
})

test('[WEB41] what the server refuses is taken back, and told', async () => {
  const { id, adas, bens } = await meet(world, 'Refusals', ['Doomed'])
  // The deletion reaches the server while Ben's reaction is held on its way.
  const held: (() => void)[] = []
  await bens.routeWebSocket(/\/api\/v1\/ws/, (socket) => {
    const upstream = socket.connectToServer()
    socket.onMessage((frame) => {
      if (String(frame).includes('"message.react"')) held.push(() => upstream.send(frame))
      else upstream.send(frame)
    })
    upstream.onMessage((frame) => {
      if (!String(frame).includes('"message.deleted"')) socket.send(frame)
    })
  })
  await bens.goto(`${world.server.url}/c/${id}`)
  await sees(bens, 'Doomed')
  await choose(bens, 'Doomed', 'React with heart')
  const chip = messageRow(bens, 'Doomed').getByRole('button', { name: '❤️ 1' })
  await chip.waitFor()
  await choose(adas, 'Doomed', 'Delete…')
  await adas.getByRole('button', { name: 'Delete', exact: true }).click()
  await adas.getByText('This message was deleted').waitFor()
  for (const send of held) send()
  await bens.locator('[data-toast]').getByText('Your reaction was not accepted').waitFor()
  await chip.waitFor({ state: 'detached' })
  await bens.getByRole('button', { name: 'Dismiss' }).click()
  await bens.locator('[data-toast]').waitFor({ state: 'detached' })
  await world.leave(adas, bens)
})
