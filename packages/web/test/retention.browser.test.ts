import { expect, test } from 'bun:test'
import { testWorld } from './world.ts'

const world = testWorld()

test('[WEB87] how long messages stay is set by the administrator, shortened by an admin, and told to members', async () => {
  const root = await world.person('Root Example')
  const [ada, ben] = [await world.person('Ada Example'), await world.person('Ben Example')]
  const id = await world.conversation(ada, { kind: 'group', name: 'Short', memberIds: [ben.id] })
  const administration = await world.open({ as: root, path: '/administration' })
  await administration.getByLabel('Keep messages').selectOption('30')
  await administration.getByRole('button', { name: 'Set how long' }).click()
  await administration.getByText('Saved.').waitFor()

  const seen = async (as: typeof ada) => {
    const page = await world.open({ as, path: `/c/${id}` })
    await page.getByRole('button', { name: 'Details' }).click()
    return page
  }
  const member = await seen(ben)
  await member.getByText('after 30 days').waitFor()
  expect(await member.getByLabel('Keep messages here').count()).toBe(0)
  const admin = await seen(ada)
  const choice = admin.getByLabel('Keep messages here')
  await choice.waitFor()
  expect(await choice.locator('option').count()).toBe(4)
  await choice.selectOption('7')
  await member.getByText('after 7 days').waitFor()
  await world.leave(administration)
  await world.leave(member)
  await world.leave(admin)
})
