import { beforeAll, expect, test } from 'bun:test'
import { z } from 'zod'
import { totpAt } from '../../server/test/totp.ts'
import type { Person } from './people.ts'
import { choose, sees } from './steps.ts'
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
    secondFactor: 'optional',
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

test('[WEB82] of many invitations the rest is a press away', async () => {
  for (let number = 0; number < 101; number++)
    await world.call(admin, 'POST', '/api/v1/admin/invitations', { uses: number + 1 })
  const page = await world.open({ as: admin, path: '/administration' })
  await page.getByText('Used 0 of 101 times').waitFor()
  expect(await page.getByText('Used 0 of 1 times').count()).toBe(0)
  await page.getByRole('button', { name: 'Show more' }).click()
  await page.getByText('Used 0 of 1 times').waitFor()
  await page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' })
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

test('[WEB101] an administrator finds people, shares the role, suspends with a reason, and lets in again', async () => {
  const cara = await world.person('Cara Example')
  const page = await world.open({ as: admin, path: '/administration' })
  await page.getByRole('link', { name: 'Accounts' }).click()
  await page.getByRole('searchbox', { name: 'Search accounts' }).fill('cara.example@')
  const row = page.getByRole('list', { name: 'Accounts' }).getByRole('listitem')
  await row.getByText('cara.example@example.org').waitFor()
  await page.getByText('first.example@example.org').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Make an administrator: Cara Example' }).click()
  await page.getByRole('button', { name: 'Make a member: Cara Example' }).click()
  await page.getByRole('button', { name: 'Suspend…: Cara Example' }).click()
  await page.getByRole('textbox', { name: 'Why' }).and(page.locator(':focus')).fill('Sent spam')
  await page.getByRole('button', { name: 'Suspend', exact: true }).click()
  await row.getByText(/^Suspended .*: Sent spam$/).waitFor()
  await row.and(page.locator(':focus')).waitFor()

  // At the door the person is told why, once they have shown who they are.
  const caras = await world.open()
  await caras.getByLabel('Email').fill(cara.email)
  await caras.getByLabel('Email').press('Enter')
  await caras.getByLabel('Six-digit code').waitFor()
  await caras.getByLabel('Six-digit code').fill(await world.mailedCode(cara.email))
  await caras.getByRole('alert').getByText('This account is suspended: Sent spam.').waitFor()

  await page.getByText('Suspended', { exact: true }).click()
  await page.getByRole('button', { name: 'Reinstate: Cara Example' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Nobody fits.').waitFor()
  // What had the focus is gone.
  await page.locator('[data-part]:focus').waitFor()
  await caras.reload()
  await caras.getByLabel('Email').fill(cara.email)
  await caras.getByLabel('Email').press('Enter')
  await caras.getByLabel('Six-digit code').waitFor()
  await caras.getByLabel('Six-digit code').fill(await world.mailedCode(cara.email))
  // In again: who is new is asked for a name first.
  await caras.getByRole('heading', { name: 'Welcome to Confab' }).waitFor()
  await world.leave(page, caras)
})

test('[WEB106] an administrator signs somebody out everywhere', async () => {
  const hugo = await world.person('Hugo Example')
  const hugos = await world.open({ as: hugo })
  await hugos.getByRole('link', { name: 'New conversation' }).first().waitFor()
  const page = await world.open({ as: admin, path: '/administration/accounts' })
  await page.getByRole('searchbox', { name: 'Search accounts' }).fill('hugo.example@')
  await page.getByRole('button', { name: 'Sign out everywhere: Hugo Example' }).click()
  await page.getByText('Hugo Example was signed out everywhere.').waitFor()
  await hugos.getByLabel('Email').waitFor()
  await world.leave(page, hugos)
})

test('[WEB108] an administrator takes away a lost second factor, asked twice', async () => {
  const ines = await world.person('Ines Example')
  const { totpURI } = z
    .object({ totpURI: z.string() })
    .parse(await world.call(ines, 'POST', '/api/auth/two-factor/enable', {}))
  const code = totpAt(totpURI, Date.now())
  await world.call(ines, 'POST', '/api/auth/two-factor/verify-totp', { code })
  const page = await world.open({ as: admin, path: '/administration/accounts' })
  await page.getByRole('searchbox', { name: 'Search accounts' }).fill('ines.example@')
  const ask = page.getByRole('button', { name: 'Remove second factor…: Ines Example' })
  await ask.click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await ask.click()
  await page.getByRole('button', { name: 'Remove second factor', exact: true }).click()
  await page.getByRole('button', { name: 'Suspend…: Ines Example' }).waitFor()
  await ask.waitFor({ state: 'detached' })
  await world.leave(page)
})

test('[WEB102] [WEB103] a message is reported from its menu; an administrator sees it as it stands, and removes it', async () => {
  const [dora, emil] = [await world.person('Dora Example'), await world.person('Emil Example')]
  const id = await world.conversation(dora, { kind: 'group', name: 'Market', memberIds: [emil.id] })
  await world.send(emil, id, 'Buy my watches')
  const doras = await world.open({ as: dora, path: `/c/${id}` })
  await sees(doras, 'Buy my watches')
  await choose(doras, 'Buy my watches', 'Report…')
  await doras.getByLabel('Harassment or hate').check()
  await doras.getByRole('textbox', { name: 'A note, if you like' }).fill('Every day')
  await doras.getByRole('button', { name: 'Report', exact: true }).click()
  await doras.getByText('the administrators were told').waitFor()

  const page = await world.open({ as: admin, path: '/administration/reports' })
  const card = page.getByRole('list', { name: 'Reports' }).getByRole('listitem')
  await card.getByText('Harassment or hate').waitFor()
  for (const text of ['Buy my watches', 'Emil Example', 'Every day']) await card.getByText(text).waitFor()
  await card.getByRole('button', { name: /^Remove the message/ }).click()
  await page.getByText('Nothing waits for you.').waitFor()
  await doras.getByText('This message was deleted').waitFor()
  await page.getByText('Settled', { exact: true }).click()
  await card.getByText('The message was removed').waitFor()
  expect(await card.getByText('Buy my watches').count()).toBe(0)
  await world.leave(doras, page)
})

test('[WEB24] a long address and a long word are read whole on a phone, and nothing scrolls sideways', async () => {
  const long = `${'a'.repeat(40)}.${'b'.repeat(20)}`
  const person = await world.person(long)
  const reason = 'c'.repeat(100)
  await world.call(admin, 'PUT', `/api/v1/admin/accounts/${person.id}/suspension`, { reason })
  const page = await world.open({
    as: admin,
    path: '/administration/accounts',
    viewport: { width: 360, height: 740 },
  })
  const width = () => page.evaluate(() => document.documentElement.scrollWidth)
  const address = page.getByText(person.email, { exact: true })
  const { x = 0, width: wide = 0 } = (await address.boundingBox()) ?? {}
  expect([x >= 0, x + wide <= 360, await width()]).toEqual([true, true, 360])
  await page.getByRole('link', { name: 'Audit log' }).click()
  const log = page.getByRole('list', { name: 'Audit log' })
  await log.getByText('An account was suspended').first().waitFor()
  expect(await width()).toBe(360)
  await world.leave(page)
})

test('[WEB104] the audit log is filtered and exported', async () => {
  const gina = await world.person('Gina Example')
  const suspension = `/api/v1/admin/accounts/${gina.id}/suspension`
  await world.call(admin, 'PUT', suspension, { reason: 'spam' })
  await world.call(admin, 'DELETE', suspension)
  const page = await world.open({ as: admin, path: '/administration/audit' })
  const list = page.getByRole('list', { name: 'Audit log' })
  await list.getByText('An account was reinstated').first().waitFor()
  await page.getByRole('combobox', { name: 'By whom, or to whom' }).fill('Gina')
  await page.getByRole('option', { name: 'Gina Example' }).click()
  await page.getByLabel('What happened').selectOption({ label: 'An account was suspended' })
  await list.getByText('An account was reinstated').first().waitFor({ state: 'detached' })
  expect(await list.getByRole('listitem').count()).toBe(1)
  await list.getByText(/^By First Example, about Gina Example from /).waitFor()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export as a file' }).click(),
  ])
  const lines = (await Bun.file(await file.path()).text()).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line)).map(({ action, targetId }) => [action, targetId])).toEqual([
    ['account.suspended', gina.id],
  ])
  await page.getByLabel('To', { exact: true }).fill('2001-01-01')
  await page.getByText('Nothing of the kind.').waitFor()
  await page.getByLabel('To', { exact: true }).fill('')
  await page.getByRole('button', { name: 'Anybody' }).click()
  await list.getByText('Gina Example').waitFor()
  await world.leave(page)
})

test('[WEB113] the audit log says where, to what and that nothing is set, at any width', async () => {
  const [hugo, ivy] = [await world.person('Hugo Example'), await world.person('Ivy Example')]
  const of = (kind: object) => ({ kind: 'group', name: 'Orchard', memberIds: [ivy.id], ...kind })
  const [shared, others] = [
    await world.conversation(hugo, of({ memberIds: [ivy.id, admin.id] })),
    await world.conversation(hugo, of({ name: 'Cellar' })),
  ]
  const member = (id: string) => `/api/v1/conversations/${id}/members/${ivy.id}`
  for (const id of [shared, others]) await world.call(hugo, 'PUT', member(id), { role: 'admin' })
  const permissions = { pin: 'admins' }
  await world.call(hugo, 'PATCH', `/api/v1/conversations/${shared}`, { retentionDays: 9, permissions })
  await world.call(hugo, 'DELETE', `/api/v1/conversations/${others}`)
  const retention = '/api/v1/admin/retention'
  for (const days of [30, null]) await world.call(admin, 'PUT', retention, { days })
  for (const width of [360, 1440]) {
    const page = await world.open({
      as: admin,
      path: '/administration/audit',
      viewport: { width, height: 900 },
    })
    const list = page.getByRole('list', { name: 'Audit log' })
    const gone = `conversation …${others.slice(-8)}`
    for (const words of [
      'messages are kept: 30 days',
      'messages are kept: for ever',
      'messages are kept: 9 days',
      'who adds people: members · who writes: members · who pins: admins · who mentions all: admins',
      /^By Hugo Example, in Orchard from /,
      /^By Hugo Example, about Ivy Example, in Orchard from /,
      new RegExp(`^By Hugo Example, about Ivy Example, in ${gone} from `),
      new RegExp(`^By Hugo Example, ${gone} from `),
    ])
      await list.getByText(words).first().waitFor()
    expect(await list.getByText(shared).count()).toBe(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    await world.leave(page)
  }
})

test('[WEB105] what wasn’t delivered has its place', async () => {
  const page = await world.open({ as: admin, path: '/administration' })
  await page.getByRole('link', { name: 'Undelivered' }).click()
  await page.getByText('Nothing was given up.').waitFor()
  await world.leave(page)
})
