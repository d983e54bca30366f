import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { startServer, type TestServer } from '../../server/test/start-server.ts'
import { launchBrowser, openPage, troubleOf, withoutRateLimits } from './browsers.ts'
import { explainFailure } from './explain-failure.ts'
import { makeConversation, makePerson } from './people.ts'
import { sees, write } from './steps.ts'

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

test('[WEB1] the public page reads without any script', async () => {
  const page = await openPage(browser, server.url, { javaScriptEnabled: false })
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Say it once. It arrives.')
  expect(await page.getByLabel('Email').isVisible()).toBe(true)
  await page.context().close()
})

test('[WEB2] public page and chat keep to a strict content security policy', async () => {
  const ada = await makePerson(server, 'Ada')
  const conversation = await makeConversation(server, ada, { kind: 'direct', memberIds: [ada.id] })
  const policy = (await fetch(server.url)).headers.get('content-security-policy') ?? ''
  expect(policy).toContain("script-src 'self'")
  expect(policy).not.toMatch(/unsafe|\*/)

  const page = await openPage(browser, server.url)
  const trouble = troubleOf(page)
  await page.reload()
  await page.getByLabel('Email').fill('somebody')
  await page.context().addCookies([{ ...ada.cookie, url: server.url }])
  await page.goto(`${server.url}/c/${conversation}`)
  await page.getByRole('heading', { name: 'Notes to yourself', level: 2 }).waitFor()
  await write(page, 'kept')
  await sees(page, 'kept')
  expect(trouble).toEqual([])
  await page.context().close()
})

test('[WEB3] what is loaded before signing in, and in all, stays small', async () => {
  const ada = await makePerson(server, 'Ada Two')
  const page = await openPage(browser, server.url)
  await page.getByLabel('Email').waitFor()
  await page.waitForLoadState('networkidle')
  const publicBytes = await loadedBytes(page)

  await page.context().addCookies([{ ...ada.cookie, url: server.url }])
  await page.reload()
  await page.getByRole('heading', { name: 'Conversations' }).waitFor()
  await page.waitForLoadState('networkidle')
  const chatBytes = await loadedBytes(page)
  expect(publicBytes).toBeGreaterThan(10_000)
  expect(publicBytes).toBeLessThan(120_000)
  expect(chatBytes).toBeGreaterThan(publicBytes)
  expect(chatBytes).toBeLessThan(200_000)
  await page.context().close()
})

/** Compressed by gzip, whatever this browser and server agreed on. */
async function loadedBytes(page: Page): Promise<number> {
  const urls = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .filter((name) => /\.(js|css)$/.test(name)),
  )
  const sizes = await Promise.all(
    [...new Set(urls)].map(async (url) => Bun.gzipSync(await (await fetch(url)).arrayBuffer()).byteLength),
  )
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

test('[WEB25] the theme follows the system until one is chosen, and the choice outlives a reload', async () => {
  const ada = await makePerson(server, 'Ada Three')
  const page = await openPage(browser, server.url, { as: ada, path: '/profile', colorScheme: 'dark' })
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  await page.getByText('Light', { exact: true }).waitFor()
  const dark = await ground()
  await page.getByText('Light', { exact: true }).click()
  const light = await ground()
  expect(light).not.toBe(dark)

  // Looked at before the app's own script: boot.ts alone has set it.
  await page.reload({ waitUntil: 'commit' })
  await page.locator('#app').waitFor({ state: 'attached' })
  expect(await ground()).toBe(light)
  await page.context().close()
})
