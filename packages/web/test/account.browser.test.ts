import { expect, test } from 'bun:test'
import jsQR from 'jsqr'
import type { Locator, Page } from 'playwright-core'
import { totpAt } from '../../server/test/totp.ts'
import { mailedLink, makePerson } from './people.ts'
import { softAuthenticator } from './soft-authenticator.ts'
import { focused, messageRow, row, sees } from './steps.ts'
import { testWorld } from './world.ts'

const world = testWorld()
const path = '/account'
const signInTitle = (page: Page) => page.getByRole('heading', { name: 'Sign in', exact: true })

test('[WEB76] devices are listed, and one or all others are signed out from here', async () => {
  const ada = await world.person('Ada Devices')
  const [second, third] = [
    await makePerson(world.server, 'Ada Devices'),
    await makePerson(world.server, 'Ada Devices'),
  ]
  const there = await world.open({ as: second })
  await there.getByRole('heading', { name: 'Conversations' }).waitFor()
  const here = await world.open({ as: ada, path })
  const devices = here.getByRole('list', { name: 'Devices' }).getByRole('listitem')
  await devices.nth(2).waitFor()
  expect(await devices.filter({ hasText: 'This device' }).count()).toBe(1)

  await here
    .getByRole('button', { name: 'Sign out Unknown device' })
    .or(here.getByRole('button', { name: /^Sign out (?!all)/ }))
    .first()
    .click()
  await devices.nth(2).waitFor({ state: 'detached' })
  await here.getByRole('button', { name: 'Sign out all others' }).click()
  await devices.nth(1).waitFor({ state: 'detached' })
  await signInTitle(there).waitFor()
  const refused = await world.call(third, 'GET', '/api/v1/me').catch((cause: Error) => cause.message)
  expect(refused).toContain('401')
  await world.leave(there)
  await world.leave(here)
})

test('[WEB77] a password is set by mail, and changed by the present one', async () => {
  const pia = await world.person('Pia Example')
  const page = await world.open({ as: pia, path })
  await page.getByRole('button', { name: 'Mail me a link to set one' }).click()
  await page.getByText('The link is on its way').waitFor()
  await page.goto(await mailedLink(world.server, pia.email))
  await page.getByRole('textbox', { name: 'New password' }).fill('a first pass phrase')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await page.getByText('Your password is set').waitFor()

  const again = await makePerson(world.server, 'Pia Example')
  const signedIn = await world.open({ as: again, path })
  const change = signedIn.getByRole('button', { name: 'Change the password' })
  await signedIn.getByLabel('Your present password').first().fill('not that one')
  await signedIn.getByLabel('New password').fill('a second pass phrase')
  await change.click()
  await signedIn.getByRole('alert').getByText('That isn’t your present password').waitFor()
  await signedIn.getByLabel('Your present password').first().fill('a first pass phrase')
  await change.click()
  await signedIn.getByText('Your password is changed').waitFor()
  await world.leave(page)
  await world.leave(signedIn)
})

test('[WEB78] the second factor is turned on and off, and one stays signed in', async () => {
  const tom = await world.person('Tom Example')
  const page = await world.open({ as: tom, path })
  await page.getByRole('button', { name: 'Turn it on' }).click()
  await page.getByRole('list', { name: 'Recovery codes' }).waitFor()
  expect(await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').count()).toBe(10)
  const uri = (await page.getByRole('link', { name: 'open it there' }).getAttribute('href')) ?? ''
  expect(await scanned(page.getByRole('img', { name: 'The key as a QR code' }))).toBe(uri)
  await page.getByLabel('Six-digit code').fill(totpAt(uri, Date.now()))
  await page.getByRole('button', { name: 'Turn it on' }).click()
  await page.getByText('It is on:').waitFor()

  await page.getByRole('button', { name: 'New recovery codes' }).click()
  await page.getByRole('list', { name: 'Recovery codes' }).waitFor()
  await page.getByRole('button', { name: 'Turn it off' }).click()
  await page.getByRole('button', { name: 'Turn it on' }).waitFor()
  await world.leave(page)
})

/** What a camera reads in a drawing of a QR code: its path holds a square for each dark module. */
async function scanned(drawing: Locator): Promise<string | undefined> {
  const [from = 0, , whole = 0] = ((await drawing.getAttribute('viewBox')) ?? '').split(' ').map(Number)
  const dark = (await drawing.locator('path').getAttribute('d')) ?? ''
  const modulePx = 4
  const side = whole * modulePx
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255)
  for (const [, x = 0, y = 0] of dark.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let pixel = 0; pixel < modulePx ** 2; pixel++) {
      const row = (Number(y) - from) * modulePx + Math.floor(pixel / modulePx)
      const column = (Number(x) - from) * modulePx + (pixel % modulePx)
      pixels.fill(0, (row * side + column) * 4, (row * side + column) * 4 + 3)
    }
  }
  return jsQR(pixels, side, side)?.data
}

test('[WEB79] a passkey is added, renamed, signs in, and is deleted', async () => {
  const kay = await world.person('Kay Example')
  await world.call(kay, 'PATCH', '/api/v1/me', { name: 'Katharina' })
  const page = await world.open({ as: kay, path })
  await softAuthenticator(page)
  await page.getByLabel('Name of a passkey').fill('My laptop')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  const kept = page.getByRole('list', { name: 'Passkeys' })
  await kept.getByText('My laptop').waitFor()
  await page.getByLabel('Name of a passkey').fill('The old laptop')
  await page.getByRole('button', { name: 'Rename My laptop' }).click()
  await kept.getByText('The old laptop').waitFor()

  await page.getByRole('link', { name: 'Your profile' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.getByRole('heading', { name: 'Conversations' }).waitFor()
  await page.goto(world.server.url + path)
  await page.getByRole('button', { name: 'Delete The old laptop' }).click()
  await page.getByText('You have none yet').waitFor()
  await page.getByRole('link', { name: 'Your profile' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.getByRole('alert').getByText('That passkey isn’t known here any more').waitFor()
  await world.leave(page)
})

test('[WEB84] to whom one has blocked nothing can be written; it says why, and how to change it', async () => {
  const ada = await world.person('Ada Writer')
  const ben = await world.person('Ben Shunned')
  const direct = await world.conversation(ada, { kind: 'direct', memberIds: [ben.id] })
  const page = await world.open({ as: ada, path: `/c/${direct}` })
  const field = page.getByRole('textbox', { name: 'Message', exact: true })
  await field.waitFor()
  await world.call(ada, 'PUT', `/api/v1/me/blocks/${ben.id}`)
  await page.getByText('You have blocked Ben Shunned').waitFor()
  expect(await field.count()).toBe(0)
  await page.getByRole('button', { name: 'Unblock' }).click()
  await field.waitFor()
  expect(await world.call(ada, 'GET', '/api/v1/me')).toMatchObject({ blocks: [] })
  await world.leave(page)
})

test('[WEB80] a person is blocked from the conversation, listed, and unblocked', async () => {
  const ada = await world.person('Ada Blocker')
  const ben = await world.person('Ben Blocked')
  const direct = await world.conversation(ada, { kind: 'direct', memberIds: [ben.id] })
  const page = await world.open({ as: ada, path: `/c/${direct}` })
  await page.getByRole('button', { name: 'Details' }).click()
  await page.getByRole('button', { name: 'Block Ben Blocked' }).click()
  await page.getByRole('button', { name: 'Unblock Ben Blocked' }).waitFor()
  expect(await world.call(ada, 'GET', '/api/v1/me')).toMatchObject({ blocks: [ben.id] })
  await page.goto(world.server.url + path)
  await page.getByRole('button', { name: 'Unblock Ben Blocked' }).click()
  await page.getByText('You block nobody').waitFor()
  expect(await world.call(ada, 'GET', '/api/v1/me')).toMatchObject({ blocks: [] })
  await world.leave(page)
})

test('[WEB94] in a group what somebody writes whom one has blocked is covered, until one asks to see it', async () => {
  const [ada, ben] = [await world.person('Ada Coverer'), await world.person('Ben Covered')]
  const id = await world.conversation(ada, { kind: 'group', name: 'Covers', memberIds: [ben.id] })
  await world.send(ben, id, 'before the block')
  await world.call(ada, 'PUT', `/api/v1/me/blocks/${ben.id}`)
  await world.send(ada, id, 'from Ada', { replyToSeq: 3 })
  await world.call(ada, 'PUT', `/api/v1/conversations/${id}/messages/3/pin`)
  await world.send(ben, id, 'after the block')
  const page = await world.open({ as: ada, path: `/c/${id}` })
  await sees(page, 'from Ada')
  const covered = page.locator('[data-covered]')
  await covered.nth(1).waitFor()
  await row(page, 'Covers').getByText('Message from somebody you blocked').waitFor()
  await messageRow(page, 'from Ada').locator('[data-quote]').getByText('Message from somebody').waitFor()
  expect(await page.getByText(/the block$/).count()).toBe(0)

  await page.getByRole('button', { name: 'Pinned messages' }).click()
  const pin = page.getByRole('list', { name: 'Pinned messages' }).getByRole('listitem')
  await pin.getByText('Message from somebody').waitFor()
  expect(await pin.getByText('before the block').count()).toBe(0)
  await pin.getByRole('button', { name: 'Show', exact: true }).press('Enter')
  await pin.getByText('before the block').waitFor()
  await pin.getByRole('article').and(focused(page)).waitFor()
  await page.keyboard.press('Escape')
  await pin.waitFor({ state: 'detached' })

  await covered.nth(1).getByRole('button', { name: 'Show' }).press('Enter')
  await messageRow(page, 'after the block').and(focused(page)).waitFor()
  expect(await covered.count()).toBe(1)
  await world.call(ada, 'DELETE', `/api/v1/me/blocks/${ben.id}`)
  await sees(page, 'before the block')
  await messageRow(page, 'from Ada').locator('[data-quote]').getByText('before the block').waitFor()
  await world.leave(page)
})
