import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { startServer, type TestServer } from '../../server/test/start-server.ts'
import { launchBrowser, openPage, withoutRateLimits } from './browsers.ts'
import { explainFailure } from './explain-failure.ts'
import { mailedCode, makePerson } from './people.ts'

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

test('[WEB4] the mailed code signs in as soon as it is pasted, and [WEB6] a newcomer is asked for a name', async () => {
  const page = await openPage(browser, server.url)
  await page.getByLabel('Email').fill('grace@example.org')
  await page.getByRole('button', { name: 'Mail me a code' }).click()
  const field = page.getByLabel('Six-digit code')
  await field.waitFor()
  const inbox = page.getByRole('link', { name: 'preview inbox' })
  expect(await inbox.getAttribute('href')).toBe('/dev/mail?to=grace%40example.org')

  const code = await mailedCode(server, 'grace@example.org')
  // As mail programs show it, with a space between.
  await field.fill(`${code.slice(0, 3)} ${code.slice(3)}`)

  await page.getByLabel('Your name').fill('Grace Hopper')
  await page.getByRole('button', { name: 'Start chatting' }).click()
  await page.getByRole('heading', { name: 'Start your first conversation' }).first().waitFor()
  await page.getByRole('link', { name: 'Your profile' }).click()
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Grace Hopper')
  await page.context().close()
})

test('[WEB5] a wrong code is told in words, and the right one works after it', async () => {
  const page = await openPage(browser, server.url)
  await page.getByLabel('Email').fill('alan@example.org')
  await page.getByLabel('Email').press('Enter')
  const field = page.getByLabel('Six-digit code')
  await field.waitFor()
  const code = await mailedCode(server, 'alan@example.org')
  const wrong = code === '000000' ? '000001' : '000000'
  await field.pressSequentially(wrong)

  await page.getByRole('alert').getByText('That code doesn’t match').waitFor()
  expect(await field.inputValue()).toBe('')
  await field.pressSequentially(code)
  await page.getByLabel('Your name').waitFor()
  await page.context().close()
})

test('[WEB5] what is no address is not sent', async () => {
  const page = await openPage(browser, server.url)
  await page.getByLabel('Email').fill('alan at example')
  await page.getByLabel('Email').press('Enter')
  await page.getByRole('alert').getByText('Type your email address').waitFor()
  await page.context().close()
})

test('[WEB7] signing out leads back to the sign-in page, and so does a session ended elsewhere', async () => {
  const ada = await makePerson(server, 'Ada')
  const here = await openPage(browser, server.url, { as: ada })
  const there = await openPage(browser, server.url, { as: ada })
  await there.getByRole('heading', { name: 'Conversations' }).waitFor()
  await here.getByRole('link', { name: 'Your profile' }).click()
  await here.getByRole('button', { name: 'Sign out' }).click()

  await here.getByRole('heading', { name: 'Sign in' }).waitFor()
  await there.getByRole('heading', { name: 'Sign in' }).waitFor()
  await here.reload()
  await here.getByRole('heading', { name: 'Sign in' }).waitFor()
  await Promise.all([here.context().close(), there.context().close()])
})
