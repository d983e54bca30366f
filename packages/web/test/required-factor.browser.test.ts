import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { doCall } from '../../server/test/people.ts'
import type { Person } from '../../server/test/start-server.ts'
import { totpAt } from '../../server/test/totp.ts'
import { withApp } from '../../server/test/two-factors.ts'
import { softAuthenticator } from './soft-authenticator.ts'
import { testWorld } from './world.ts'

const world = testWorld()
/** The first administrator, who has come with two factors. */
let boss: Person
beforeAll(async () => {
  boss = await withApp(world.server, await world.server.signIn('boss@example.org'))
})

const demand = (secondFactor: string) =>
  doCall(world.server, boss, 'PATCH /api/v1/admin/account-settings', { secondFactor })
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

test('[WEB109] an administrator requires a second factor, and is led to set up their own first', async () => {
  await demand('optional')
  const root = await world.person('Root Example')
  await doCall(world.server, boss, `PATCH /api/v1/admin/accounts/${root.id}`, { serverRole: 'admin' })
  const page = await world.open({ as: root, path: '/administration' })
  const administrators = page.getByRole('radio', { name: 'Administrators' })
  const save = page.getByRole('button', { name: 'Save' })
  await administrators.check()
  await save.click()
  await required(page).waitFor()
  await page.getByRole('button', { name: 'Not now' }).click()
  await administrators.check()
  await save.click()
  await setUpApp(page)
  await administrators.check()
  await save.click()
  await page.getByText('Saved.').waitFor()
  await world.leave(page)
})

test('[WEB110] whose page is open is led to set up an app without having done anything; then the chat is there', async () => {
  await demand('optional')
  const page = await world.open({ as: await world.person('Ada Example') })
  await chat(page).waitFor()
  await demand('everybody')
  await required(page).waitFor()
  await turnOn(page).waitFor()
  expect(await page.getByRole('button', { name: 'Not now' }).count()).toBe(0)
  await setUpApp(page)
  await chat(page).waitFor()
  await world.leave(page)
})

test('[WEB110] a passkey is both: made there, and then used by who came with a code again', async () => {
  await demand('optional')
  const kay = await world.person('Kay Example')
  await demand('everybody')
  const page = await world.open({ as: kay })
  await required(page).waitFor()
  await softAuthenticator(page)
  await page.getByRole('button', { name: 'Make a passkey' }).click()
  await chat(page).waitFor()
  await page.context().clearCookies()
  await page.context().addCookies([{ ...kay.cookie, url: world.server.url }])
  await page.reload()
  const use = page.getByRole('button', { name: 'Use your passkey' })
  await use.waitFor()
  expect(await turnOn(page).count()).toBe(0)
  await use.click()
  await chat(page).waitFor()
  await world.leave(page)
})

async function signInByCode(page: Page, email: string): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByRole('button', { name: 'Mail me a code' }).click()
  const field = page.getByLabel('Six-digit code')
  await field.waitFor()
  await field.fill(await world.mailedCode(email))
  await required(page).waitFor()
}

test('[WEB110] the sign-in itself leads there, and one may leave instead; [WEB6] a newcomer is asked for a name after it', async () => {
  await demand('everybody')
  const page = await world.open()
  await signInByCode(page, 'new.here@example.org')
  await page.getByRole('button', { name: 'Sign out instead' }).click()
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
  await signInByCode(page, 'new.here@example.org')
  await setUpApp(page)
  await page.getByLabel('Your name').fill('Newton Here')
  await page.getByRole('button', { name: 'Start chatting' }).click()
  await chat(page).waitFor()
  await page.getByRole('link', { name: 'Your profile' }).click()
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Newton Here')
  await world.leave(page)
})
