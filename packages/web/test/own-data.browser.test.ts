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
