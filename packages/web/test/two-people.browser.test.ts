import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { composer, expectTexts, isMarked, message, row, sees, startDirect, write } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld()

async function signIn(name: string): Promise<Page> {
  const page = await world.open()
  const email = `${name.toLowerCase()}@example.org`
  await page.getByLabel('Email').fill(email)
  await page.getByRole('button', { name: 'Mail me a code' }).click()
  await page.getByLabel('Six-digit code').waitFor()
  await page.getByLabel('Six-digit code').pressSequentially(await world.mailedCode(email))
  await page.getByLabel('Your name').fill(`${name} Example`)
  await page.getByRole('button', { name: 'Start chatting' }).click()
  await page.getByRole('heading', { name: 'Conversations' }).waitFor()
  return page
}

test('[WEB9] [WEB11] [WEB14] [WEB15] [WEB16] two browsers hold a conversation', async () => {
  const [ada, ben] = await Promise.all([signIn('Ada'), signIn('Ben')])

  await startDirect(ada, 'Ben Example')
  await ada
    .getByRole('heading', { name: 'Ben Example', level: 2 })
    .locator('..')
    .getByText('Online')
    .waitFor()
  await write(ada, 'Hello, Ben')
  await isMarked(ada, 'Hello, Ben', 'sent')

  // [WEB8] Ben has not opened it: it is unread, and Ada is not told that it was read.
  await row(ben, 'Ada Example').getByText('Hello, Ben').waitFor()
  expect(await row(ben, 'Ada Example').textContent()).toContain('1 unread')
  await row(ben, 'Ada Example').getByRole('img', { name: 'Online' }).waitFor()
  expect(await message(ada, 'Hello, Ben').locator('[data-delivery=read]').count()).toBe(0)

  await row(ben, 'Ada Example').click()
  await sees(ben, 'Hello, Ben')
  await ben.locator('[data-unread-divider]').waitFor()
  await isMarked(ada, 'Hello, Ben', 'read')
  await row(ben, 'Ada Example').getByText('unread').waitFor({ state: 'detached' })

  await composer(ben).pressSequentially('Hello')
  await ada.locator('[data-typing]').getByText('Ben Example is typing…').waitFor()
  await row(ada, 'Ben Example').getByText('Typing…').waitFor()
  await composer(ben).press('Enter')
  await ada.locator('[data-typing]').getByText('is typing').waitFor({ state: 'detached' })
  await sees(ada, 'Hello')

  for (const [page, text] of [
    [ada, 'one'],
    [ben, 'two'],
    [ada, 'three'],
  ] as const) {
    await write(page, text)
    await Promise.all([sees(ada, text), sees(ben, text)])
  }
  await isMarked(ada, 'three', 'read')
  await expectTexts(ada, ['Hello, Ben', 'Hello', 'one', 'two', 'three'])
  await expectTexts(ben, ['Hello, Ben', 'Hello', 'one', 'two', 'three'])

  await world.leave(ben)
  await ada.getByText(/Last seen|Offline/).waitFor()
  await world.leave(ada)
})
