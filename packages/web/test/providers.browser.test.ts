import { afterAll, expect, test } from 'bun:test'
import { startOidcProvider } from '../../server/test/start-oidc-provider.ts'
import { troubleOf } from './browsers.ts'
import { testWorld } from './world.ts'

/**
 * Each provider knows one person. The port of the page is known when the server has started,
 * and any is taken.
 */
const startProvider = (id: string, email: string, isConfirmed: boolean) =>
  startOidcProvider({
    redirectUri: `http://localhost/api/auth/callback/${id}`,
    accounts: { someone: { email, email_verified: isConfirmed, name: 'Nia Novak' } },
  })

const acme = await startProvider('acme', 'nia@example.org', true)
const other = await startProvider('other', 'nobody@example.org', false)
afterAll(async () => {
  await Promise.all([acme, other].map((provider) => provider[Symbol.asyncDispose]()))
})

const named = (id: string, name: string, { issuer }: { issuer: string }) => ({
  ...{ id, name, issuer },
  ...{ clientId: 'confab', clientSecret: 'a secret of the client' },
})
const world = testWorld({
  OIDC_PROVIDERS: JSON.stringify([named('acme', 'Acme', acme), named('other', 'The Other', other)]),
})

test('[WEB95] a provider’s button leads to its page and back, signed in', async () => {
  const page = await world.open()
  const trouble = troubleOf(page)
  await page.getByRole('button', { name: 'Continue with Acme' }).click()
  await page.getByRole('heading', { name: 'Conversations' }).waitFor()
  expect(new URL(page.url()).origin).toBe(world.server.url)
  await page.getByRole('link', { name: 'Your profile' }).click()
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Nia Novak')
  expect(trouble).toEqual([])
  await world.leave(page)
})

test('[WEB74] [WEB95] one that has not confirmed the address leads back without, and it is told why', async () => {
  const page = await world.open()
  await page.getByRole('button', { name: 'Continue with The Other' }).click()
  await page.getByRole('alert').getByText('confirmed').waitFor()
  await page.getByRole('button', { name: 'Continue with Acme' }).waitFor()
  expect(new URL(page.url()).search).toBe('')
  await world.leave(page)
})
