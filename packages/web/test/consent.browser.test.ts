import { expect, test } from 'bun:test'
import { testWorld } from './world.ts'

const world = testWorld()

test('[WEB88] [WEB89] what an administrator asks for is agreed to before one goes on, by whom the page is open for, too', async () => {
  const root = await world.person('Root Example')
  const ada = await world.person('Ada Example')
  const administration = await world.open({ as: root, path: '/administration' })
  await administration.getByLabel('Terms of use').fill('Be kind to each other.')
  await administration.getByLabel('Minimum age').fill('16')
  await administration.getByRole('button', { name: 'Ask for this' }).click()
  await administration.getByText('Set. Everybody is asked').waitFor()
  await administration.getByRole('button', { name: 'Ask for this' }).click()
  await administration.getByRole('heading', { name: 'Before you go on' }).waitFor()

  const page = await world.open({ as: ada })
  await page.getByRole('heading', { name: 'Before you go on' }).waitFor()
  await page.getByText('Be kind to each other.').waitFor()
  const goOn = page.getByRole('button', { name: 'Go on' })
  await page.getByLabel('I agree to the terms of use').check()
  expect(await goOn.isDisabled()).toBe(true)
  await page.getByLabel('I am 16 years old, or older').check()
  await goOn.click()
  await page.getByRole('heading', { name: 'Conversations' }).waitFor()

  await page.goto(`${world.server.url}/account`)
  await page.getByRole('button', { name: 'Read Terms of use, version 1' }).click()
  await page.getByRole('dialog').getByText('Be kind to each other.').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Take back Terms of use, version 1' }).click()
  await page.getByRole('heading', { name: 'Before you go on' }).waitFor()
  expect(await page.getByLabel('I am 16 years old, or older').count()).toBe(0)
  await page.getByRole('button', { name: 'Sign out instead' }).click()
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
  await world.leave(administration)
  await world.leave(page)
})
