import { test } from 'bun:test'
import { testWorld } from './world.ts'

const world = testWorld({ RATE_LIMITS: 'on', RATES: 'mails=0.1:1' })

test('[WEB75] who is locked out is told until when', async () => {
  const page = await world.open()
  await page.getByRole('button', { name: 'Use a password' }).click()
  await page.getByLabel('Email').fill('locked@example.org')
  const alert = page.getByRole('alert')
  for (let tries = 1; tries <= 5; tries++) {
    await page.getByLabel('Password', { exact: true }).fill(`wrong password ${tries}`)
    const answer = page.waitForResponse('**/api/auth/sign-in/email')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await answer
    await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
    await alert.getByText('Wrong address or password').waitFor()
  }
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await alert.getByText(/try again in \d+ minutes, at \d/).waitFor()
  await world.leave(page)
})

test('[WEB112] who may have no further code gives the one that was mailed', async () => {
  const page = await world.open()
  await page.getByLabel('Email').fill('grace@example.org')
  await page.getByRole('button', { name: 'Mail me a code' }).click()
  await page.getByRole('button', { name: 'Use another address' }).click()
  await page.getByRole('button', { name: 'Mail me a code' }).click()
  await page.getByRole('alert').getByText('Too many tries').waitFor()
  await page.getByRole('button', { name: 'I have a code already' }).click()
  await page.getByLabel('Six-digit code').fill(await world.mailedCode('grace@example.org'))
  await page.getByLabel('Your name').waitFor()
  await world.leave(page)
})
