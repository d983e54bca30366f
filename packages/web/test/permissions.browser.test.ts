import { expect, test } from 'bun:test'
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

test('[WEB111] an admin makes a link into a group and revokes it; a member is offered none', async () => {
  const { adas, bens } = await meet(world, 'By invitation', ['Welcome'])
  for (const page of [adas, bens]) await page.getByRole('button', { name: 'Details' }).click()
  await bens.getByRole('region', { name: 'Permissions' }).waitFor()
  expect(await bens.getByRole('region', { name: 'Invitations' }).count()).toBe(0)
  const invitations = adas.getByRole('region', { name: 'Invitations' })
  await invitations.getByText('Ten times').click()
  await invitations.getByRole('button', { name: 'Make an invitation' }).click()
  const link = await invitations.getByLabel('The invitation’s link').inputValue()
  const guest = await world.open({
    as: await world.person('Guest Example'),
    path: link.slice(world.server.url.length),
  })
  await guest.getByRole('button', { name: 'Join' }).click()
  await sees(guest, 'Welcome')
  await invitations.getByRole('button', { name: /^Revoke/ }).click()
  await invitations.getByText('None is open').waitFor()
  await world.leave(adas, bens, guest)
})
