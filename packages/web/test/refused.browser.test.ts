import { afterAll, afterEach, beforeAll, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { startServer, type TestServer } from '../../server/test/start-server.ts'
import { launchBrowser, openPage, withoutRateLimits } from './browsers.ts'
import { explainFailure } from './explain-failure.ts'
import { makeConversation, makePerson } from './people.ts'
import { composer, expectTexts, isMarked, message, sees, write } from './steps.ts'

let server: TestServer
let browser: Browser
beforeAll(async () => {
  // A bound that the page doesn't know of, so that the server has something to refuse.
  ;[server, browser] = await Promise.all([
    startServer({ ...withoutRateLimits, TEXT_MAX: '20' }),
    launchBrowser(),
  ])
})
afterEach(explainFailure)
afterAll(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

test('[WEB27] a refused message says so, may be tried again or discarded, and holds nothing up', async () => {
  const ada = await makePerson(server, 'Ada')
  const id = await makeConversation(server, ada, { kind: 'direct', memberIds: [ada.id] })
  const page = await openPage(browser, server.url, { as: ada, path: `/c/${id}` })
  const long = 'longer than this server takes'
  await write(page, long)
  await isMarked(page, long, 'failed')
  await write(page, 'short')
  await isMarked(page, 'short', 'sent')

  await page.getByRole('alert').getByText('Not sent').waitFor()
  await page.getByRole('button', { name: 'Try again' }).click()
  await isMarked(page, long, 'failed')
  await page.getByRole('button', { name: 'Discard' }).click()
  await message(page, long).waitFor({ state: 'detached' })
  await expectTexts(page, ['short'])
  await page.context().close()
})

test('[WEB28] the composer counts down near the limit, and holds a text that is too long', async () => {
  const ada = await makePerson(server, 'Ada Two')
  const id = await makeConversation(server, ada, { kind: 'direct', memberIds: [ada.id] })
  const page = await openPage(browser, server.url, { as: ada, path: `/c/${id}` })
  // Counted in code points, as the server does: one for an emoji.
  await composer(page).fill('🙂'.repeat(4_990))
  await page.getByText('10 left').waitFor()
  await composer(page).fill('x'.repeat(5_001))
  await page.getByText('1 too many').waitFor()
  await page.getByRole('button', { name: 'Send' }).and(page.locator(':disabled')).waitFor()
  await composer(page).press('Enter')
  await composer(page).fill('fits')
  await composer(page).press('Enter')
  await sees(page, 'fits')
  await expectTexts(page, ['fits'])
  await page.context().close()
})
