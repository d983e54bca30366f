import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { startServer, type TestServer } from '../../server/test/start-server.ts'
import { launchBrowser, openPage, withoutRateLimits } from './browsers.ts'
import { explainFailure } from './explain-failure.ts'
import { mailedCode, makePerson } from './people.ts'
import { row, sees, startDirect, write } from './steps.ts'

let server: TestServer
let browser: Browser
beforeAll(async () => {
  ;[server, browser] = await Promise.all([startServer(withoutRateLimits), launchBrowser()])
})
afterEach(explainFailure)
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

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
  const ben = await makePerson(server, 'Ben Example')
  const page = await openPage(browser, server.url)
  await page.getByLabel('Email').waitFor()
  await tabTo(page, 'Email')
  await page.keyboard.type('ada@example.org')
  await page.keyboard.press('Enter')
  // The code's field has the focus by itself.
  await page.getByLabel('Six-digit code').and(page.locator(':focus')).waitFor()
  await page.keyboard.type(await mailedCode(server, 'ada@example.org'))
  await page.getByLabel('Your name').and(page.locator(':focus')).waitFor()
  await page.keyboard.type('Ada Example')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Conversations' }).waitFor()

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

  const bens = await openPage(browser, server.url, { as: ben })
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
  await Promise.all([page.context().close(), bens.context().close()])
})
