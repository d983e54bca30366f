import { beforeAll, expect, test } from 'bun:test'
import type { Person } from './people.ts'
import { testWorld } from './world.ts'

const world = testWorld()
let admin: Person
beforeAll(async () => {
  // The first one who comes.
  admin = await world.person('First Example')
})

test('[WEB81] an administrator decides which ways are open and who may sign up', async () => {
  const page = await world.open({ as: admin, path: '/profile' })
  await page.getByRole('link', { name: 'Administration' }).click()
  for (const label of ['A password', 'A passkey', /^Another service/]) await page.getByLabel(label).uncheck()
  await page.getByLabel('A code by mail').uncheck()
  await page.getByRole('alert').getByText('One must stay open').waitFor()
  expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await page.getByLabel('A code by mail').check()
  await page.getByLabel('Addresses of some domains').check()
  await page.getByRole('textbox', { name: 'Domains' }).fill('Example.org, example.net')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  expect(await world.call(admin, 'GET', '/api/v1/admin/account-settings')).toEqual({
    signIn: ['code'],
    signUp: 'domains',
    domains: ['example.org', 'example.net'],
  })
  await world.leave(page)
})

test('[WEB82] an invitation is made, its link shown once, and it is revoked', async () => {
  const page = await world.open({ as: admin, path: '/administration' })
  await page.getByText('None is open').waitFor()
  await page.getByText('Ten times').click()
  await page.getByRole('button', { name: 'Make an invitation' }).click()
  const link = await page.getByLabel('The invitation’s link').inputValue()
  expect(link).toStartWith(`${world.server.url}/join#`)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: 'Copy the link' }).click()
  await page.getByText('Copied.').waitFor()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link)
  await page.getByText('Used 0 of 10 times').waitFor()

  await page.reload()
  await page.getByText('Used 0 of 10 times').waitFor()
  expect(await page.getByLabel('The invitation’s link').count()).toBe(0)
  await page.getByRole('button', { name: /^Revoke/ }).click()
  await page.getByText('None is open').waitFor()
  await world.leave(page)
})

test('[WEB83] who is no administrator finds no such screen', async () => {
  const member = await world.person('Second Example')
  const page = await world.open({ as: member, path: '/administration' })
  await page.getByText('Nothing here').waitFor()
  await page.goto(`${world.server.url}/profile`)
  await page.getByRole('link', { name: 'Account and security' }).waitFor()
  expect(await page.getByRole('link', { name: 'Administration' }).count()).toBe(0)
  await world.leave(page)
})
