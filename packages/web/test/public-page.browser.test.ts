import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { troubleOf } from './browsers.ts'
import { sees, write } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld()

test('[WEB1] the public page reads without any script', async () => {
  const page = await world.open({ javaScriptEnabled: false })
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Say it once. It arrives.')
  expect(await page.getByLabel('Email').isVisible()).toBe(true)
  await world.leave(page)
})

test('[WEB2] public page and chat keep to a strict content security policy', async () => {
  const ada = await world.person('Ada')
  const conversation = await world.conversation(ada, { kind: 'direct', memberIds: [ada.id] })
  const policy = (await fetch(world.server.url)).headers.get('content-security-policy') ?? ''
  expect(policy).toContain("script-src 'self'")
  expect(policy).not.toMatch(/unsafe|\*/)

  const page = await world.open()
  const trouble = troubleOf(page)
  await page.reload()
  await page.getByLabel('Email').fill('somebody')
  await page.context().addCookies([{ ...ada.cookie, url: world.server.url }])
  await page.goto(`${world.server.url}/c/${conversation}`)
  await page.getByRole('heading', { name: 'Notes to yourself', level: 2 }).waitFor()
  await write(page, 'kept')
  await sees(page, 'kept')
  expect(trouble).toEqual([])
  await world.leave(page)
})

test('[WEB3] what is loaded before signing in, and in all, stays small', async () => {
  const ada = await world.person('Ada Two')
  const page = await world.open()
  await page.getByLabel('Email').waitFor()
  await page.waitForLoadState('networkidle')
  const publicBytes = await loadedBytes(page)

  await page.context().addCookies([{ ...ada.cookie, url: world.server.url }])
  await page.reload()
  await page.getByRole('heading', { name: 'Conversations' }).waitFor()
  await page.waitForLoadState('networkidle')
  const chatBytes = await loadedBytes(page)
  expect(publicBytes).toBeGreaterThan(10_000)
  expect(publicBytes).toBeLessThan(120_000)
  expect(chatBytes).toBeGreaterThan(publicBytes)
  expect(chatBytes).toBeLessThan(200_000)
  await world.leave(page)
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
  const ada = await world.person('Ada Three')
  const page = await world.open({ as: ada, path: '/profile', colorScheme: 'dark' })
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
  await world.leave(page)
})
