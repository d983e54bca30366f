import { expect, test } from 'bun:test'
import { stat } from 'node:fs/promises'
import { testWorld } from './world.ts'

const world = testWorld()

test('[WEB85] a copy of one’s data is asked for, and downloaded when it is ready', async () => {
  const ada = await world.person('Ada Example')
  const page = await world.open({ as: ada, path: '/account' })
  await page.getByRole('button', { name: 'Prepare a copy' }).click()
  const link = page.getByRole('link', { name: /^Download/ })
  await link.waitFor()
  const coming = page.waitForEvent('download')
  await link.click()
  const download = await coming
  expect(download.suggestedFilename()).toBe('confab-export.zip')
  const { bytes } = (await world.call(ada, 'GET', '/api/v1/me/export/state')) as { bytes: number }
  expect((await stat(await download.path())).size).toBe(bytes)
  expect(await page.getByRole('button', { name: /^Prepare/ }).count()).toBe(0)
  await world.leave(page)
})

test('[WEB86] one’s account is deleted after a question and a code by mail', async () => {
  const bea = await world.person('Bea Example')
  const page = await world.open({ as: bea, path: '/account' })
  await page.getByRole('button', { name: 'Delete my account…' }).click()
  await page.getByRole('button', { name: 'Keep it' }).click()
  await page.getByRole('button', { name: 'Delete my account…' }).click()
  const code = page.getByRole('textbox', { name: 'Six-digit code' })
  const confirm = page.getByRole('button', { name: 'Delete it for good' })
  await code.waitFor()
  const mailed = await world.mailedCode(bea.email)
  await code.fill(mailed === '123456' ? '654321' : '123456')
  await confirm.click()
  await page.getByRole('alert').waitFor()
  expect(await world.call(bea, 'GET', '/api/v1/me')).toMatchObject({ id: bea.id })
  await code.fill(mailed)
  await confirm.click()
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
  const gone = await world.call(bea, 'GET', '/api/v1/me').catch((cause: Error) => cause.message)
  expect(gone).toContain('401')
  await world.leave(page)
})
