import { test } from 'bun:test'
import { testWorld } from './world.ts'

const world = testWorld({ RATE_LIMITS: 'on' })

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
