import { expect, test } from 'bun:test'
import { row, sees, write } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld()

test('[WEB10] a public channel is made, found, joined, read and left', async () => {
  const [ada, ben] = [await world.person('Ada Example'), await world.person('Ben Example')]
  const adas = await world.open({ as: ada, path: '/new' })
  await adas.getByText('Channel', { exact: true }).click()
  await adas.getByLabel('Name', { exact: true }).fill('relays')
  await adas.getByLabel('Topic (optional)').fill('What clicks, and what does not')
  await adas.getByRole('button', { name: 'Create channel' }).click()
  await adas.getByRole('heading', { name: 'relays', level: 2 }).waitFor()
  await write(adas, 'a moth in relay 70')
  await sees(adas, 'a moth in relay 70')

  const bens = await world.open({ as: ben, path: '/channels' })
  await bens.getByLabel('Find a channel').fill('rel')
  await bens.getByRole('button', { name: 'Join relays' }).click()
  await sees(bens, 'a moth in relay 70')
  await adas.getByText('2 members').waitFor()

  await adas.getByRole('button', { name: 'Details' }).click()
  const panel = adas.getByRole('dialog', { name: 'Details' })
  const members = panel.getByRole('list', { name: 'Members' }).getByRole('listitem')
  await members.filter({ hasText: 'Ada Example (you)' }).waitFor()
  await members.filter({ hasText: 'Ben Example' }).waitFor()
  expect(await members.count()).toBe(2)
  await panel.getByText('Owner').waitFor()
  await adas.keyboard.press('Escape')
  await adas.getByRole('button', { name: 'Details' }).and(adas.locator(':focus')).waitFor()

  await bens.getByRole('button', { name: 'Details' }).click()
  await bens.getByRole('button', { name: 'Leave this channel…' }).click()
  await bens.getByRole('button', { name: 'Leave channel' }).click()
  await row(bens, 'relays').waitFor({ state: 'detached' })
  await adas.getByText('1 member', { exact: false }).first().waitFor()
  await world.leave(adas, bens)
})
