import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { holdCalls } from './held-calls.ts'
import { meet } from './meet.ts'
import type { Person } from './people.ts'
import { composer, focused, message, messageRow, row, sees, startDirect, write } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld()

/** Tab until the control has the focus; a control that Tab never reaches fails. */
async function tabTo(page: Page, name: string): Promise<void> {
  const wanted = page.locator(':focus').and(page.getByLabel(name).or(page.getByRole('button', { name })))
  for (let presses = 0; presses < 40; presses++) {
    if ((await wanted.count()) > 0) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never reaches ${name}`)
}

test('[WEB22] from the public page to an answer that is read, without a mouse', async () => {
  const ben = await world.person('Ben Example')
  const page = await world.open()
  await page.getByLabel('Email').waitFor()
  await tabTo(page, 'Email')
  await page.keyboard.type('ada@example.org')
  await page.keyboard.press('Enter')
  // The code's field has the focus by itself.
  await page.getByLabel('Six-digit code').and(page.locator(':focus')).waitFor()
  await page.keyboard.type(await world.mailedCode('ada@example.org'))
  await page.getByLabel('Your name').and(page.locator(':focus')).waitFor()
  await page.keyboard.type('Ada Example')
  await page.keyboard.press('Enter')
  // The focus doesn't fall back to the body: Tab goes on from the list's heading.
  await page.getByRole('heading', { name: 'Conversations' }).and(focused(page)).waitFor()

  await page.keyboard.press('n')
  await page.getByRole('combobox', { name: 'Find a person' }).and(page.locator(':focus')).waitFor()
  await page.keyboard.type('ben')
  await page.getByRole('option', { name: 'Ben Example' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByLabel('Message', { exact: true }).and(page.locator(':focus')).waitFor()
  await page.keyboard.type('first line')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('second line')
  await page.keyboard.press('Enter')
  await page.getByText('first line\nsecond line', { exact: true }).first().waitFor()

  const bens = await world.open({ as: ben })
  await startDirect(bens, 'Ada Example')
  await write(bens, 'an answer')
  await sees(page, 'an answer')

  // Back to the list, along it, and into a search.
  await page.keyboard.press('Escape')
  await row(page, 'Ben Example').and(page.locator(':focus')).waitFor()
  await page.keyboard.press('/')
  await page.getByRole('searchbox', { name: 'Search conversations' }).and(page.locator(':focus')).waitFor()
  await page.keyboard.type('ben')
  await page.keyboard.press('ArrowDown')
  await row(page, 'Ben Example').and(page.locator(':focus')).waitFor()
  await page.keyboard.press('Enter')
  await tabTo(page, 'Message')
  expect(new URL(page.url()).pathname).toStartWith('/c/')
  await world.leave(page, bens)
})

test('[WEB39] everything that is done to a message is done by keyboard, too', async () => {
  const { adas, bens } = await meet(world, 'Keys', ['one', 'two', 'three'])
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
  await world.leave(adas, bens)
})

async function makeFour(by: Person, name: string): Promise<string> {
  const id = await world.conversation(by, { kind: 'group', name, memberIds: [] })
  for (const text of ['one', 'two', 'three', 'four']) await world.send(by, id, text)
  return id
}

test('[WEB39] keys that are pressed before a message has come lead to it once it has', async () => {
  const ada = await world.person('Ada Example')
  // Before any page is open, which would follow each message as it comes.
  const [slow, slower] = [await makeFour(ada, 'Slow'), await makeFour(ada, 'Slower')]
  const page = await world.open({ as: ada })
  const history = await holdCalls(page, 'history')
  const list = page.getByRole('region', { name: 'Messages' })
  /** As it is until its history comes: the latest message comes with the conversation itself. */
  const pressUpThrice = async (id: string) => {
    history.hold()
    await page.goto(`${world.server.url}/c/${id}`)
    await sees(page, 'four')
    await list.press('ArrowUp')
    await messageRow(page, 'four').and(focused(page)).waitFor()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    expect(await message(page, 'two').count()).toBe(0)
  }
  await pressUpThrice(slow)
  history.release()
  await messageRow(page, 'two').and(focused(page)).waitFor()

  // Who goes elsewhere meanwhile isn't called back.
  await pressUpThrice(slower)
  await page.keyboard.press('Escape')
  history.release()
  await sees(page, 'one')
  await page.keyboard.type('five')
  await page.keyboard.press('Enter')
  await sees(page, 'five')
  await world.leave(page)
})

test('[WEB39] each press leads one message on, however fast, also to those that are not in the page yet', async () => {
  const ada = await world.person('Ada Example')
  const id = await world.conversation(ada, { kind: 'group', name: 'Long', memberIds: [] })
  for (let number = 1; number <= 120; number++) await world.send(ada, id, `message ${number}`)
  const page = await world.open({ as: ada, path: `/c/${id}` })
  await sees(page, 'message 120')
  await page.getByRole('region', { name: 'Messages' }).focus()
  for (let presses = 0; presses < 100; presses++) await page.keyboard.press('ArrowUp')
  await messageRow(page, 'message 21').and(focused(page)).waitFor()
  for (let presses = 0; presses < 60; presses++) await page.keyboard.press('ArrowDown')
  await messageRow(page, 'message 81').and(focused(page)).waitFor()
  await world.leave(page)
})

test('[WEB40] a long press opens the menu on a touch screen', async () => {
  const { id, adas, bens, ben } = await meet(world, 'Touch', ['press me'])
  const phone = await world.open({
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
  await world.leave(adas, bens, phone)
})
