import { expect, test } from 'bun:test'
import { testWorld } from './world.ts'

const world = testWorld()

test('[WEB4] the mailed code signs in as soon as it is pasted, and [WEB6] a newcomer is asked for a name', async () => {
  const page = await world.open()
  await page.getByLabel('Email').fill('grace@example.org')
  await page.getByRole('button', { name: 'Mail me a code' }).click()
  const field = page.getByLabel('Six-digit code')
  await field.waitFor()
  const inbox = page.getByRole('link', { name: 'preview inbox' })
  expect(await inbox.getAttribute('href')).toBe('/dev/mail?to=grace%40example.org')

  const code = await world.mailedCode('grace@example.org')
  // As mail programs show it, with a space between.
  await field.fill(`${code.slice(0, 3)} ${code.slice(3)}`)

  await page.getByLabel('Your name').fill('Grace Hopper')
  await page.getByRole('button', { name: 'Start chatting' }).click()
  await page.getByRole('heading', { name: 'Start your first conversation' }).first().waitFor()
  await page.getByRole('link', { name: 'Your profile' }).click()
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Grace Hopper')
  await world.leave(page)
})

test('[WEB5] a wrong code is told in words, and the right one works after it', async () => {
  const page = await world.open()
  await page.getByLabel('Email').fill('alan@example.org')
  await page.getByLabel('Email').press('Enter')
  const field = page.getByLabel('Six-digit code')
  await field.waitFor()
  const code = await world.mailedCode('alan@example.org')
  const wrong = code === '000000' ? '000001' : '000000'
  await field.pressSequentially(wrong)

  await page.getByRole('alert').getByText('That code doesn’t match').waitFor()
  expect(await field.inputValue()).toBe('')
  await field.pressSequentially(code)
  await page.getByLabel('Your name').waitFor()
  await world.leave(page)
})

test('[WEB5] what is no address is not sent', async () => {
  const page = await world.open()
  await page.getByLabel('Email').fill('alan at example')
  await page.getByLabel('Email').press('Enter')
  await page.getByRole('alert').getByText('Type your email address').waitFor()
  await world.leave(page)
})

test('[WEB7] signing out leads back to the sign-in page, and so does a session ended elsewhere', async () => {
  const ada = await world.person('Ada')
  const here = await world.open({ as: ada })
  const there = await world.open({ as: ada })
  await there.getByRole('heading', { name: 'Conversations' }).waitFor()
  await here.getByRole('link', { name: 'Your profile' }).click()
  await here.getByRole('button', { name: 'Sign out' }).click()

  await here.getByRole('heading', { name: 'Sign in' }).waitFor()
  await there.getByRole('heading', { name: 'Sign in' }).waitFor()
  await here.reload()
  await here.getByRole('heading', { name: 'Sign in' }).waitFor()
  await world.leave(here, there)
})
