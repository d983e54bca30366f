import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { z } from 'zod'
import { totpAt } from '../../server/test/totp.ts'
import { mailedLink, type Person } from './people.ts'
import { testWorld } from './world.ts'

const world = testWorld()
let admin: Person
beforeAll(async () => {
  admin = await world.person('First Example')
})

const password = 'the lamp is green tonight'
const otherPassword = 'the lamp is blue by day'
const list = (page: Page) => page.getByRole('heading', { name: 'Conversations' })

async function fillIn(page: Page, email: string, secret: string): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

test('[WEB70] the ways that are open are shown, and no other', async () => {
  const page = await world.open()
  await page.getByRole('button', { name: 'Use a passkey' }).waitFor()
  await page.getByRole('button', { name: 'Use a password' }).click()
  await page.getByRole('button', { name: 'Make an account' }).waitFor()
  expect(await page.getByLabel('Email').evaluate((field) => field === document.activeElement)).toBe(true)
  await page.getByRole('button', { name: 'Use a code by mail' }).click()
  await page.getByRole('button', { name: 'Mail me a code' }).waitFor()

  const settings = '/api/v1/admin/account-settings'
  await world.call(admin, 'PATCH', settings, { signIn: ['password'], signUp: 'invited' })
  await page.reload()
  await page.getByText('Newcomers need an invitation’s link').waitFor()
  await page.getByLabel('Password', { exact: true }).waitFor()
  const buttons = page.getByRole('region', { name: 'Sign in' }).getByRole('button')
  expect(await buttons.allTextContents()).toEqual(['Sign in', 'Forgot your password?'])
  await world.call(admin, 'PATCH', settings, {
    signIn: ['code', 'password', 'passkey', 'oidc'],
    signUp: 'open',
  })
  await world.leave(page)
})

test('[WEB71] a password makes an account, opens it once its mail was followed, and is replaced when forgotten', async () => {
  const email = 'pam@example.org'
  const page = await world.open()
  await page.getByRole('button', { name: 'Use a password' }).click()
  await page.getByRole('button', { name: 'Make an account' }).click()
  await page.getByLabel('Your name').fill('Pam Example')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill('short')
  await page.getByRole('button', { name: 'Make my account' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Make my account' }).click()
  await page.getByRole('heading', { name: 'Look in your mail' }).waitFor()

  await page.goto(await mailedLink(world.server, email))
  await page.getByRole('button', { name: 'Use a password' }).click()
  await fillIn(page, email, 'not the password at all')
  await page.getByRole('alert').getByText('Wrong address or password').waitFor()

  await page.getByRole('button', { name: 'Forgot your password?' }).click()
  await page.getByRole('button', { name: 'Mail me the link' }).click()
  await page.getByRole('heading', { name: 'Look in your mail' }).waitFor()
  const link = await mailedLink(world.server, email)
  await page.goto(link)
  await page.getByRole('textbox', { name: 'New password' }).fill(otherPassword)
  await page.getByRole('button', { name: 'Set the password' }).click()
  await page.getByText('Your password is set').waitFor()
  await page.getByRole('button', { name: 'Use a password' }).click()
  await fillIn(page, email, otherPassword)
  await list(page).waitFor()

  // Signed in or not: the link's page comes, and says that it was used.
  await page.goto(link)
  await page.getByRole('textbox', { name: 'New password' }).fill(password)
  await page.getByRole('button', { name: 'Set the password' }).click()
  await page.getByRole('heading', { name: 'This link is no longer good' }).waitFor()
  await page.getByRole('button', { name: 'To signing in' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await world.leave(page)
})

test('[WEB72] the second factor is asked for, and given by the app or by a recovery code', async () => {
  const tom = await world.person('Tom Example')
  // Not the one that the address gives: that is asked about.
  await world.call(tom, 'PATCH', '/api/v1/me', { name: 'Thomas' })
  const made = z
    .object({ totpURI: z.string(), backupCodes: z.array(z.string()) })
    .parse(await world.call(tom, 'POST', '/api/auth/two-factor/enable', {}))
  await world.call(tom, 'POST', '/api/auth/two-factor/verify-totp', {
    code: totpAt(made.totpURI, Date.now()),
  })
  const page = await world.open()
  const first = async () => {
    await page.getByLabel('Email').fill(tom.email)
    await page.getByRole('button', { name: 'Mail me a code' }).click()
    await page.getByLabel('Six-digit code').waitFor()
    await page.getByLabel('Six-digit code').fill(await world.mailedCode(tom.email))
    await page.getByRole('heading', { name: 'One step more' }).waitFor()
  }
  await first()
  // The next one: that of now was good once.
  const code = totpAt(made.totpURI, Date.now() + 30_000)
  await page.getByLabel('Six-digit code').fill(code === '000000' ? '000001' : '000000')
  await page.getByRole('alert').getByText('That code doesn’t match').waitFor()
  await page.getByLabel('Six-digit code').fill(code)
  await list(page).waitFor()

  await page.context().clearCookies()
  await page.evaluate(() => localStorage.clear())
  await page.reload()
  await first()
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await page.getByLabel('Recovery code').fill(made.backupCodes[0] ?? '')
  await page.getByLabel('Recovery code').press('Enter')
  await list(page).waitFor()
  await world.leave(page)
})

test('[WEB73] an invitation leads into its conversation: at once, or after signing in', async () => {
  const olga = await world.person('Olga Example')
  const id = await world.conversation(olga, { kind: 'group', name: 'Rowing', memberIds: [] })
  const { token } = z
    .object({ token: z.string() })
    .parse(await world.call(olga, 'POST', `/api/v1/conversations/${id}/invitations`, {}))
  const kim = await world.person('Kim Example')
  const kims = await world.open({ as: kim, path: `/join#${token}` })
  await kims.getByRole('heading', { name: 'You are invited to Rowing' }).waitFor()
  expect(kims.url()).toBe(`${world.server.url}/join`)
  await kims.getByRole('button', { name: 'Join' }).click()
  await kims.getByRole('heading', { name: 'Rowing', level: 2 }).waitFor()

  const page = await world.open({ path: `/join#${token}` })
  await page.getByText('You were invited.').waitFor()
  await page.getByLabel('Email').fill('newcomer@example.org')
  await page.getByRole('button', { name: 'Mail me a code' }).click()
  await page.getByLabel('Six-digit code').waitFor()
  await page.getByLabel('Six-digit code').fill(await world.mailedCode('newcomer@example.org'))
  await page.getByLabel('Your name').fill('New Comer')
  await page.getByRole('button', { name: 'Start chatting' }).click()
  await page.getByRole('button', { name: 'Join' }).click()
  await page.getByRole('heading', { name: 'Rowing', level: 2 }).waitFor()

  const wrong = await world.open({ as: kim, path: '/join#nonsense' })
  await wrong.getByText('This invitation is no longer good').waitFor()
  await world.leave(kims)
  await world.leave(page)
  await world.leave(wrong)
})

test('[WEB74] what a link or a provider leads back with is told in words, and leaves the address', async () => {
  const page = await world.open({ path: '/?error=TOKEN_EXPIRED' })
  await page.getByRole('alert').getByText('That link has expired').waitFor()
  expect(page.url()).toBe(`${world.server.url}/`)
  await page.goto(`${world.server.url}/?error=never_heard_of`)
  await page.getByRole('alert').getByText('That didn’t work').waitFor()
  await world.leave(page)

  const signedIn = await world.open({ as: admin, path: '/?error=access_denied' })
  await signedIn.getByRole('status').getByText('the other service was told not to').waitFor()
  await world.leave(signedIn)
})

test('[WEB72] who comes back from a provider, with a second factor, is asked for it at once', async () => {
  const page = await world.open({ path: '/?second-factor=totp' })
  await page.getByRole('heading', { name: 'One step more' }).waitFor()
  expect(new URL(page.url()).search).toBe('')
  await page.reload()
  await page.getByRole('button', { name: 'Mail me a code' }).waitFor()
  await world.leave(page)
})
