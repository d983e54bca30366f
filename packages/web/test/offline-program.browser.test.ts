import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { serveBuild } from '../../server/test/serve-build.ts'
import { openSeverable } from './severable.ts'
import { composer, expectTexts, isMarked, row, sees, write } from './steps.ts'
import { testWorld } from './world.ts'

const cable = openSeverable()
const world = testWorld({ CORS_ORIGINS: cable.url })
const web = join(import.meta.dir, '..')
let otherBuild: string

beforeAll(async () => {
  // The same source in other files, as after any change.
  otherBuild = await mkdtemp(join(tmpdir(), 'confab-build-'))
  const vite = join(web, '../../node_modules/.bin/vite')
  const words = ['build', '--outDir', otherBuild, '--minify', 'false', '--logLevel', 'error']
  const building = Bun.spawn([process.execPath, '--bun', vite, ...words], {
    cwd: web,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  expect(await building.exited).toBe(0)
}, 60_000)
afterAll(async () => {
  cable[Symbol.dispose]()
  await rm(otherBuild, { recursive: true, force: true })
})

/** Waits until the browser keeps the whole program, and serves this page by it. */
const isProgramKept = (page: Page) =>
  page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')

const keptUrls = (page: Page) =>
  page.evaluate(async () => {
    const names = await caches.keys()
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return requests.map((build) => build.map(({ url }) => url))
  })

/** Connections that are open already would go on to where they led. */
function leadTo(url: string): void {
  cable.cut()
  cable.leadTo(url)
  cable.mend()
}

/** The browser looks for a new build, finds one, and has its worker serve this page. */
const takeOver = (page: Page) =>
  page.evaluate(async () => {
    const taken = new Promise((resolve) =>
      navigator.serviceWorker.addEventListener('controllerchange', resolve),
    )
    await (await navigator.serviceWorker.getRegistration())?.update()
    await taken
  })

const entryOf = (page: Page) => page.locator('script[type=module]').first().getAttribute('src')

test('[WEB90] without a network a reload shows conversations, messages and what waits, and sends it later', async () => {
  leadTo(world.server.url)
  const [ada, ben] = [await world.person('Ada'), await world.person('Ben')]
  const id = await world.conversation(ada, { kind: 'group', name: 'Train', memberIds: [ben.id] })
  await world.send(ada, id, 'hello')
  const path = `/c/${id}`
  const page = await world.open({ url: cable.url, as: ben, path, serviceWorkers: 'allow' })
  await sees(page, 'hello')
  await isProgramKept(page)

  cable.cut()
  await page.reload()
  await sees(page, 'hello')
  await row(page, 'Train').waitFor()
  await page.getByText('You’re offline.').waitFor()
  await write(page, 'from the train')
  await isMarked(page, 'from the train', 'sending')
  await page.reload()
  await isMarked(page, 'from the train', 'sending')
  await page.getByText('1 message waits to be sent.').waitFor()
  // A screen that was never opened, at its own address and with its own chunk.
  await page.goto(`${cable.url}/profile`)
  await page.getByText('Light', { exact: true }).waitFor()
  await page.goto(cable.url + path)
  await isMarked(page, 'from the train', 'sending')

  cable.mend()
  await isMarked(page, 'from the train', 'sent')
  await expectTexts(page, ['hello', 'from the train'])
  const adas = await world.open({ as: ada, path })
  await sees(adas, 'from the train')
  await expectTexts(adas, ['hello', 'from the train'])
  await world.leave(page, adas)
})

test('[WEB91] of the server’s answers only the program is kept: nothing of the API, and no other page', async () => {
  leadTo(world.server.url)
  const ada = await world.person('Ada Two')
  const page = await world.open({ url: cable.url, as: ada, serviceWorkers: 'allow' })
  await isProgramKept(page)
  const [build = [], ...others] = await keptUrls(page)
  expect(others).toEqual([])
  expect(build).toContain(`${cable.url}/`)
  expect(build.filter((url) => !url.startsWith(`${cable.url}/assets/`))).toEqual([`${cable.url}/`])
  const asked = (path: string) => page.evaluate((to) => fetch(to).then(({ status }) => status), path)
  expect(await asked('/api/v1/me')).toBe(200)
  const inbox = await page.context().newPage()
  const inboxStatus = () =>
    inbox.goto(`${cable.url}/dev/mail`).then(
      (answer) => answer?.status(),
      () => 'failed',
    )
  expect(await inboxStatus()).toBe(200)

  cable.cut()
  await page.reload()
  await page.getByRole('heading', { name: 'Conversations', exact: true }).waitFor()
  expect(await asked('/api/v1/me').catch(() => 'failed')).toBe('failed')
  expect(await inboxStatus()).toBe('failed')
  await inbox.close()
  await world.leave(page)
})

test('[WEB92] a new build takes over at the next load, and an open page goes on with the chunks of its own', async () => {
  leadTo(world.server.url)
  const ada = await world.person('Ada Three')
  const page = await world.open({ url: cable.url, as: ada, serviceWorkers: 'allow' })
  await isProgramKept(page)
  const before = await entryOf(page)

  using other = serveBuild(otherBuild)
  leadTo(other.url)
  await takeOver(page)
  expect(await keptUrls(page)).toHaveLength(2)
  // Its chunk is gone from the server.
  await page.getByRole('link', { name: 'Your profile' }).click()
  await page.getByText('Light', { exact: true }).waitFor()
  expect(await entryOf(page)).toBe(before)

  await page.reload()
  await page.getByText('Light', { exact: true }).waitFor()
  const after = await entryOf(page)
  expect(after).not.toBe(before)
  cable.cut()
  await page.goto(`${cable.url}/channels`)
  await page.getByRole('heading', { name: 'Channels' }).waitFor()
  expect(await entryOf(page)).toBe(after)
  await world.leave(page)
})

test('[WEB107] that a new version is ready is said to who has the page open, and it waits for them', async () => {
  leadTo(world.server.url)
  const ada = await world.person('Ada Four')
  const id = await world.conversation(ada, { kind: 'group', name: 'Notes', memberIds: [] })
  const page = await world.open({ url: cable.url, as: ada, path: `/c/${id}`, serviceWorkers: 'allow' })
  await isProgramKept(page)
  const before = await entryOf(page)
  const said = page.getByRole('status').filter({ hasText: 'A new version is ready.' })
  const field = composer(page)
  await field.fill('half a')

  using other = serveBuild(otherBuild)
  leadTo(other.url)
  await takeOver(page)
  await said.waitFor()
  await field.pressSequentially(' sentence')
  expect(await field.inputValue()).toBe('half a sentence')
  expect(await entryOf(page)).toBe(before)

  const reload = said.getByRole('button', { name: 'Reload' })
  await reload.focus()
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
  await page.waitForFunction(() => document.querySelector('textarea')?.value === 'half a sentence')
  expect(await entryOf(page)).not.toBe(before)
  // Newer than the worker that served it, it has nothing to be told when that one's own build takes over.
  expect(await said.count()).toBe(0)
  await world.leave(page)
})
