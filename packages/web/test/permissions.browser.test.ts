import { test } from 'bun:test'
import { meet } from './meet.ts'
import { choose, composer, message, messageRow, sees, write } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld()

test('[WEB100] an admin decides who may write, add, pin and mention all; members are told, and offered no more', async () => {
  const { adas, bens } = await meet(world, 'Announcements', ['Hear, hear'])
  await write(bens, 'an answer')
  await sees(adas, 'an answer')
  await choose(bens, 'Hear, hear', 'Pin')

  await adas.getByRole('button', { name: 'Details' }).click()
  const settings = adas.getByRole('region', { name: 'Permissions' })
  await settings.getByRole('group', { name: 'Who may write' }).getByText('Admins').click()
  await bens.getByText('Only admins write here').waitFor()
  for (const name of ['Who may add people', 'Who may pin messages'])
    await settings.getByRole('group', { name }).getByText('Admins').click()
  await composer(bens).waitFor({ state: 'detached' })

  await bens.getByRole('button', { name: 'Details' }).click()
  const told = bens.getByRole('region', { name: 'Permissions' })
  await told.getByText('Admins').nth(3).waitFor()
  await bens.getByRole('combobox', { name: 'Add people' }).waitFor({ state: 'detached' })
  await bens.keyboard.press('Escape')
  await message(bens, 'an answer').hover()
  await messageRow(bens, 'an answer').getByRole('button', { name: 'More' }).click()
  await bens.getByRole('menuitem', { name: 'Delete…' }).waitFor()
  for (const name of ['Reply', 'Edit', 'Pin'])
    await bens.getByRole('menuitem', { name, exact: true }).waitFor({ state: 'detached' })
  await bens.keyboard.press('Escape')

  await settings.getByRole('group', { name: 'Who may write' }).getByText('All members').click()
  await composer(bens).waitFor()
  await write(bens, 'at last')
  await sees(adas, 'at last')
  await world.leave(adas, bens)
})
