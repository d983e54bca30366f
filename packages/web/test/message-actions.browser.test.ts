import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { startServer, type TestServer } from '../../server/test/start-server.ts'
import { launchBrowser, openPage, troubleOf, withoutRateLimits } from './browsers.ts'
import { explainFailure } from './explain-failure.ts'
import { call, makeConversation, makePerson, type Person, sendMessage } from './people.ts'
import { choose, composer, expectTexts, message, messageRow, messages, row, sees, write } from './steps.ts'

let server: TestServer
let adasBrowser: Browser
let bensBrowser: Browser
let ada: Person
let ben: Person
beforeAll(async () => {
  ;[server, adasBrowser, bensBrowser] = await Promise.all([
    startServer(withoutRateLimits),
    launchBrowser(),
    launchBrowser(),
  ])
  ada = await makePerson(server, 'Ada Example')
  ben = await makePerson(server, 'Ben Example')
})
afterEach(explainFailure)
afterAll(async () => {
  await Promise.all([adasBrowser?.close(), bensBrowser?.close()])
  await server?.[Symbol.asyncDispose]()
})

interface Meeting {
  id: string
  /** Of the first text. */
  firstSeq: number
  adas: Page
  bens: Page
}

/** A fresh group of Ada, its owner, and Ben, open in both their browsers. */
async function meet(name: string, texts: string[]): Promise<Meeting> {
  const id = await makeConversation(server, ada, { kind: 'group', name, memberIds: [ben.id] })
  const seqs: number[] = []
  for (const text of texts) seqs.push(await sendMessage(server, ada, id, text))
  const path = `/c/${id}`
  const [adas, bens] = await Promise.all([
    openPage(adasBrowser, server.url, { as: ada, path }),
    openPage(bensBrowser, server.url, { as: ben, path }),
  ])
  const last = texts.at(-1)
  // Ben's begins where the unread does.
  if (last !== undefined) await Promise.all([sees(adas, last), messages(bens).first().waitFor()])
  return { id, firstSeq: seqs[0] ?? 0, adas, bens }
}

const close = (...pages: Page[]) => Promise.all(pages.map((page) => page.context().close()))
const focused = (page: Page) => page.locator(':focus')

test('[WEB31] a reaction is a press away, shows to both with its count, and says who', async () => {
  const { adas, bens } = await meet('Reactions', ['Shall we?'])
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
  await close(adas, bens)
})

test('[WEB32] [WEB33] a reply quotes what it answers, follows its edit and deletion, and leads to it', async () => {
  const { adas, bens } = await meet('Replies', ['The first wording'])
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
  await close(adas, bens)
})

test('[WEB33] one edits one’s own messages only, and admins delete those of others', async () => {
  const { adas, bens } = await meet('Rights', ['Ada’s'])
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
  await close(adas, bens)
})

test('[WEB34] a pin shows to all, in the panel too, which leads back far up the history', async () => {
  const texts = ['Remember this', ...Array.from({ length: 130 }, (_, index) => `line ${index + 1}`)]
  const { id, firstSeq, adas, bens } = await meet('Pins', texts)
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
  await call(server, ben.token, 'PUT', `/api/v1/conversations/${id}/messages/${firstSeq}/pin`)
  await panel.getByText('Remember this').waitFor()
  await panel
    .getByRole('listitem')
    .filter({ hasText: 'Remember this' })
    .getByRole('button', { name: 'Show in conversation' })
    .click()
  await panel.waitFor({ state: 'detached' })
  await adas.waitForFunction((seq) => {
    const box = document.querySelector(`article[data-seq="${seq}"]`)?.getBoundingClientRect()
    return box !== undefined && box.top >= 0 && box.bottom <= innerHeight
  }, firstSeq)

  await choose(bens, 'line 130', 'Unpin')
  await adas.getByRole('button', { name: 'Pinned messages' }).click()
  await panel.getByText('Remember this').waitFor()
  await panel.getByText('line 130').waitFor({ state: 'detached' })
  await close(adas, bens)
})

test('[WEB35] a forward is sent to the chosen conversation, and names who wrote it', async () => {
  const { adas, bens } = await meet('Sources', ['Worth passing on'])
  const target = await makeConversation(server, ben, { kind: 'group', name: 'Targets', memberIds: [ada.id] })
  await row(bens, 'Targets').waitFor()
  await choose(bens, 'Worth passing on', 'Forward…')
  await bens.getByRole('searchbox', { name: 'Find a conversation' }).fill('target')
  await bens.getByRole('dialog').getByRole('button', { name: 'Targets' }).click()
  await bens.getByRole('heading', { name: 'Targets', level: 2 }).waitFor()
  await message(bens, 'Worth passing on').getByText('Forwarded from Ada Example').waitFor()
  await adas.goto(`${server.url}/c/${target}`)
  await message(adas, 'Worth passing on').getByText('Forwarded from You').waitFor()
  await close(adas, bens)
})

test('[WEB36] a message’s text is copied as it was sent', async () => {
  const text = 'two  spaces\n<b>& a line</b>'
  const { adas, bens } = await meet('Copies', [text])
  await adas.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await choose(adas, text, 'Copy text')
  await adas.waitForFunction(async (wanted) => (await navigator.clipboard.readText()) === wanted, text)
  await close(adas, bens)
})

test('[WEB37] [WEB38] a mention is completed by keyboard, counted in the list, and marked', async () => {
  const { id, adas, bens } = await meet('Mentions', ['Anybody?'])
  await bens.goto(server.url)
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

  await sendMessage(server, ada, id, 'The hall is on fire', { priority: 'high' })
  await message(bens, 'The hall is on fire').getByText('Important').waitFor()
  await close(adas, bens)
})

test('[WEB39] everything that is done to a message is done by keyboard, too', async () => {
  const { adas, bens } = await meet('Keys', ['one', 'two', 'three'])
  await adas.getByRole('region', { name: 'Messages' }).focus()
  for (const text of ['three', 'two', 'one']) {
    await adas.keyboard.press('ArrowUp')
    await messageRow(adas, text).and(focused(adas)).waitFor()
  }
  await adas.keyboard.press('ArrowDown')
  await messageRow(adas, 'two').and(focused(adas)).waitFor()

  // A reaction: the menu begins with them.
  await adas.keyboard.press('Enter')
  await adas.getByRole('menuitem', { name: 'React with thumbs up' }).and(focused(adas)).waitFor()
  await adas.keyboard.press('ArrowRight')
  await adas.getByRole('menuitem', { name: 'React with heart' }).and(focused(adas)).waitFor()
  await adas.keyboard.press('Enter')
  await messageRow(bens, 'two').getByRole('button', { name: '❤️ 1' }).waitFor()
  await messageRow(adas, 'two').and(focused(adas)).waitFor()

  // Edit, by the menu key and the item's first letter.
  await adas.keyboard.press('ContextMenu')
  await adas.getByRole('menuitem').first().and(focused(adas)).waitFor()
  await adas.keyboard.press('e')
  await adas.getByRole('menuitem', { name: 'Edit' }).and(focused(adas)).waitFor()
  await adas.keyboard.press('Enter')
  await composer(adas).and(focused(adas)).waitFor()
  await adas.keyboard.type('!')
  await adas.keyboard.press('Enter')
  await sees(bens, 'two!')

  // Delete, and out again.
  await adas.getByRole('region', { name: 'Messages' }).focus()
  await adas.keyboard.press('ArrowUp')
  await adas.keyboard.press('Shift+F10')
  await adas.getByRole('menuitem').first().and(focused(adas)).waitFor()
  await adas.keyboard.press('End')
  await adas.getByRole('menuitem', { name: 'Delete…' }).and(focused(adas)).waitFor()
  await adas.keyboard.press('Enter')
  await adas.getByRole('button', { name: 'Delete', exact: true }).waitFor()
  await adas.getByRole('button', { name: 'Delete', exact: true }).focus()
  await adas.keyboard.press('Enter')
  await message(bens, 'three').waitFor({ state: 'detached' })
  await adas.keyboard.press('Escape')
  await composer(adas).and(focused(adas)).waitFor()
  await close(adas, bens)
})

test('[WEB40] a long press opens the menu on a touch screen', async () => {
  const { id, adas, bens } = await meet('Touch', ['press me'])
  const phone = await openPage(bensBrowser, server.url, {
    as: ben,
    path: `/c/${id}`,
    hasTouch: true,
    isMobile: true,
    viewport: { width: 360, height: 740 },
  })
  await sees(phone, 'press me')
  const box = await message(phone, 'press me').boundingBox()
  if (!box) throw new Error('the message is nowhere')
  const cdp = await phone.context().newCDPSession(phone)
  const touchPoints = [{ x: box.x + 20, y: box.y + 15 }]
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints })
  await phone.getByRole('menuitem', { name: 'Reply' }).waitFor()
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await phone.getByRole('menuitem', { name: 'React with thumbs up' }).tap()
  await messageRow(adas, 'press me').getByRole('button', { name: '👍 1' }).waitFor()

  // Without a long press: a tap shows the button of the menu.
  await message(phone, 'press me').tap()
  await messageRow(phone, 'press me').getByRole('button', { name: 'More' }).tap()
  await phone.getByRole('menuitem', { name: 'Reply' }).tap()
  await composer(phone).and(focused(phone)).waitFor()
  await close(adas, bens, phone)
})

test('[WEB41] what the server refuses is taken back, and told', async () => {
  const { id, adas, bens } = await meet('Refusals', ['Doomed'])
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
  await bens.goto(`${server.url}/c/${id}`)
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
  await close(adas, bens)
})

test('[WEB42] muting and pinning a conversation are one’s own, and show in the list', async () => {
  const { adas, bens } = await meet('Quiet', ['psst'])
  await makeConversation(server, ada, { kind: 'group', name: 'Later', memberIds: [ben.id] })
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
  await close(adas, bens)
})
