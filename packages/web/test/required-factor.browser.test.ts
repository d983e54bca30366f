import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { totpAt } from '../../server/test/totp.ts'
import { softAuthenticator } from './soft-authenticator.ts'
import { testWorld } from './world.ts'

const world = testWorld()
const required = (page: Page) => page.getByRole('heading', { name: 'One more step' })
const chat = (page: Page) => page.getByRole('heading', { name: 'Conversations' })
const turnOn = (page: Page) => page.getByRole('button', { name: 'Turn it on' })

/** Sets up an app, which shows its first code. */
async function setUpApp(page: Page): Promise<void> {
  await turnOn(page).click()
  const uri = (await page.getByRole('link', { name: 'open it there' }).getAttribute('href')) ?? ''
  await page.getByLabel('Six-digit code').fill(totpAt(uri, Date.now()))
  await turnOn(page).click()
}

test('[WEB109] [WEB110] an administrator requires a second factor, their own first; who is here, comes back or is new sets one up, or uses theirs', async () => {
  const root = await world.person('Root Example')
  const [ada, kay] = [await world.person('Ada Example'), await world.person('Kay Example')]
  const page = await world.open({ as: root, path: '/administration' })
  const adas = await world.open({ as: ada })
  await chat(adas).waitFor()
  const everybody = page
    .getByRole('group', { name: 'Who must come with a second factor' })
    .getByRole('radio', { name: 'Everybody' })
  const save = page.getByRole('button', { name: 'Save' })
  await everybody.check()
  await save.click()
  await required(page).waitFor()
  await page.getByRole('button', { name: 'Not now' }).click()
  await everybody.check()
  await save.click()
  await required(page).waitFor()
  await setUpApp(page)
  await everybody.check()
  await save.click()
  await page.getByText('Saved.').waitFor()

  // Whose page is open is led there without having done anything.
  await required(adas).waitFor()
  await turnOn(adas).waitFor()
  expect(await adas.getByRole('button', { name: 'Not now' }).count()).toBe(0)
  await setUpApp(adas)
  await chat(adas).waitFor()

  // A passkey is both: made here, and then used by who came with a code again.
  const kays = await world.open({ as: kay })
  await required(kays).waitFor()
  await softAuthenticator(kays)
  await kays.getByRole('button', { name: 'Make a passkey' }).click()
  await chat(kays).waitFor()
  await kays.context().clearCookies()
  await kays.context().addCookies([{ ...kay.cookie, url: world.server.url }])
  await kays.reload()
  const use = kays.getByRole('button', { name: 'Use your passkey' })
  await use.waitFor()
  expect(await turnOn(kays).count()).toBe(0)
  await use.click()
  await chat(kays).waitFor()

  // The sign-in itself leads there, and one may leave instead.
  const news = await world.open()
  await news.getByLabel('Email').fill('new.here@example.org')
  await news.getByRole('button', { name: 'Mail me a code' }).click()
  const field = news.getByLabel('Six-digit code')
  await field.waitFor()
  await field.fill(await world.mailedCode('new.here@example.org'))
  await required(news).waitFor()
  await news.getByRole('button', { name: 'Sign out instead' }).click()
  await news.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
  await world.leave(page, adas, kays, news)
})
