import { expect, test } from 'bun:test'
import { troubleOf } from './browsers.ts'
import { row, sees, sidewaysPx } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld({ DEMO: 'on' })

test('[DEMO4] [WEB24] in a demo one comes in as somebody by one press, and then as somebody else', async () => {
  const page = await world.open({ viewport: { width: 360, height: 740 } })
  const trouble = troubleOf(page)
  const people = page.getByRole('list', { name: 'People of the demo' }).getByRole('button')
  await people.first().waitFor()
  expect(await people.count()).toBeWithin(8, 13)
  expect(await sidewaysPx(page)).toBe(0)

  await people.filter({ hasText: 'Mara Lindqvist' }).click()
  await row(page, 'lantern-street').waitFor()
  await row(page, 'Open day crew').click()
  await sees(page, 'I can wash parts tomorrow. I can’t eat parts tomorrow. Take the stove.')
  expect(await sidewaysPx(page)).toBe(0)

  await page.goto(`${world.server.url}/profile`)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await people.filter({ hasText: 'Piet van Dam' }).click()
  await row(page, 'Rosa Delgado').waitFor()
  expect(await row(page, 'Open day crew').count()).toBe(0)
  expect(trouble).toEqual([])
  await world.leave(page)
})
