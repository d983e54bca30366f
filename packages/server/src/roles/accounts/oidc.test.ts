import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type AccountsServer, startAccounts as start } from '../../../test/accounts-server.ts'
import { openBrowser } from '../../../test/browser.ts'
import { startOidcProvider, type Wrong } from '../../../test/start-oidc-provider.ts'
import { totpAt } from '../../../test/totp.ts'

const people = {
  ann: { email: 'ann@example.com', email_verified: true, name: 'Ann Lee' },
  eve: { email: 'ann@example.com', email_verified: false, name: 'Eve' },
  bob: { email: 'bob@example.org', email_verified: true, name: 'Bob' },
}

type Options = Parameters<typeof start>[0]

/** One for the file, since it is a program of its own: of where it leads back to any port will do. */
let provider: Awaited<ReturnType<typeof startOidcProvider>>
beforeAll(async () => {
  provider = await startOidcProvider({
    redirectUri: 'http://localhost/api/auth/callback/acme',
    accounts: people,
  })
})
afterAll(() => provider[Symbol.asyncDispose]())

/** A server that knows the provider, found by discovery when it is first needed, and how that one behaves. */
async function startBoth(options: Options = {}, { domains, ...wrong }: Wrong & { domains?: string[] } = {}) {
  await provider.goWrong(wrong)
  const { issuer } = provider
  const acme = {
    ...{ id: 'acme', name: 'Acme', issuer, clientId: 'confab', clientSecret: 'a secret of the client' },
    ...{ scopes: ['openid', 'email', 'profile'], domains },
  }
  const server = await start({ providers: [acme], ...options })
  return { server, issuer, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

/**
 * Signs in at the provider as one of its accounts. Answers the page where that ended, and who one is then.
 */
async function signIn(server: AccountsServer, who: keyof typeof people, also: object = {}) {
  const browser = openBrowser()
  const begun = await browser.post(`${server.home}/api/auth/sign-in/social`, {
    ...{ provider: 'acme', callbackURL: '/chat', errorCallbackURL: '/failed', loginHint: who },
    ...also,
  })
  expect(begun.status).toBe(200)
  const { url } = await begun.json()
  const page = await browser.follow(url, server.home)
  const me = await browser.get(`${server.home}/api/v1/me`)
  return { url: new URL(url), page, me: me.status === 200 ? await me.json() : undefined, browser }
}

test('[OIDC1] a provider found by discovery signs in: the first time makes the account, then it is the same', async () => {
  await using both = await startBoth()
  const first = await signIn(both.server, 'ann')
  expect(first.page.pathname).toBe('/chat')
  expect(first.me).toMatchObject({ email: 'ann@example.com', name: 'Ann Lee' })
  const second = await signIn(both.server, 'ann')
  expect(second.me.id).toBe(first.me.id)
  expect(both.server.reports).toEqual([])
})

test('[OIDC2] the code is asked for with PKCE, a state and a nonce', async () => {
  await using both = await startBoth()
  const { url } = await signIn(both.server, 'ann')
  expect(url.origin).toBe(both.issuer)
  expect(url.searchParams.get('code_challenge_method')).toBe('S256')
  for (const name of ['code_challenge', 'state', 'nonce']) expect(url.searchParams.get(name)).toMatch(/.{20}/)
})

test('[OIDC3] an address that the provider has confirmed joins the account that has it', async () => {
  await using both = await startBoth()
  const ann = await both.server.signIn('ann@example.com')
  expect((await signIn(both.server, 'ann')).me.id).toBe(ann.id)
})

test('[AUDIT8] that a provider was joined or parted, or the password, is kept; that one signed up by it is not', async () => {
  await using both = await startBoth()
  const { server } = both
  const ann = await server.signIn('ann@example.com')
  for (const who of ['ann', 'ann', 'bob'] as const) expect((await signIn(server, who)).me).toBeDefined()
  await server.resetPassword('ann@example.com', 'a password of today')
  const { bearer } = await server.signIn('ann@example.com')
  const { browser } = await signIn(server, 'ann')
  const linked = await server.ask('/api/auth/list-accounts', { headers: bearer })
  const idOf = (provider: string) =>
    linked.json().find(({ providerId }: { providerId: string }) => providerId === provider)?.id
  const part = async (provider: string) =>
    (await server.post('unlink-account', { accountId: idOf(provider) }, bearer)).status
  expect(await part('acme')).toBe(200)
  expect(await part('credential')).toBe(400)
  const begun = await browser.post(`${server.home}/api/auth/link-social`, {
    ...{ provider: 'acme', callbackURL: '/chat', errorCallbackURL: '/failed', loginHint: 'ann' },
  })
  await browser.follow((await begun.json()).url, server.home)
  expect(await part('credential')).toBe(200)

  const { items } = await server.domain.audit.list({ limit: 100 })
  const told = items.filter(({ action }) => /^p(assword|rovider)/.test(action))
  const provider = { provider: 'acme' }
  expect(told.map(({ action, actorId, detail }): unknown[] => [action, actorId, detail])).toEqual([
    ['password.removed', ann.id, {}],
    ['provider.linked', ann.id, provider],
    ['provider.unlinked', ann.id, provider],
    ['password.changed', ann.id, { by: 'link' }],
    ['provider.linked', ann.id, provider],
  ])
})

test('[OIDC4] one that the provider has not confirmed opens nothing: neither that account nor a new one', async () => {
  await using both = await startBoth()
  const fresh = await signIn(both.server, 'eve')
  expect([fresh.page.pathname, fresh.page.searchParams.get('error'), fresh.me]).toEqual([
    '/failed',
    'email_not_verified',
    undefined,
  ])
  expect(fresh.page.searchParams.has('second-factor')).toBe(false)
  await both.server.signIn('ann@example.com')
  const taken = await signIn(both.server, 'eve')
  expect([taken.page.pathname, taken.me]).toEqual(['/failed', undefined])
  expect((await signIn(both.server, 'ann')).me).toBeDefined()
})

test('[OIDC5] an account that nobody has confirmed is joined by nobody', async () => {
  await using both = await startBoth()
  const password = 'correct horse battery staple'
  await both.server.post('sign-up/email', { name: 'Eve', email: 'ann@example.com', password })
  const refused = await signIn(both.server, 'ann')
  expect([refused.page.pathname, refused.me]).toEqual(['/failed', undefined])
  await both.server.signIn('ann@example.com')
  expect((await signIn(both.server, 'ann')).me).toBeDefined()
})

test('[DOOR5] [OIDC6] where not everybody may sign up, an invitation goes along to the provider and back', async () => {
  await using both = await startBoth({ accounts: { signUp: 'invited' } })
  const { server } = both
  const ann = await server.signIn('ann@example.com')
  const made = await ann.as('/api/v1/admin/invitations', { method: 'POST', body: { uses: 1 } })
  const refused = await signIn(server, 'bob')
  expect([refused.page.pathname, refused.page.searchParams.get('error'), refused.me]).toEqual([
    '/failed',
    'SIGN_UP_CLOSED',
    undefined,
  ])
  const additionalData = { invitation: made.json().token }
  expect((await signIn(server, 'bob', { additionalData })).me).toMatchObject({ email: 'bob@example.org' })
  expect((await signIn(server, 'bob')).me).toBeDefined()
})

test('[OIDC7] a forged or repeated answer of a provider signs nobody in', async () => {
  await using both = await startBoth()
  const { server } = both
  const forged = openBrowser()
  const page = await forged.follow(`${server.home}/api/auth/callback/acme?code=x&state=guessed`, server.home)
  expect(page.searchParams.get('error')).toBeTruthy()
  expect((await forged.get(`${server.home}/api/v1/me`)).status).toBe(401)
  expect(server.reports).toEqual([])
})

test('[OIDC8] people are sent back to pages of home alone', async () => {
  await using both = await startBoth()
  const send = async (callbackURL: string) =>
    (
      await both.server.post(
        'sign-in/social',
        { provider: 'acme', callbackURL },
        { Origin: both.server.home },
      )
    ).status
  expect(await send('/chat')).toBe(200)
  for (const foreign of [
    'https://evil.example/',
    '//evil.example/',
    'javascript:alert(1)',
    '/\\evil.example',
  ])
    expect([foreign, await send(foreign)]).toEqual([foreign, 403])
})

test('[OIDC9] a provider that sleeps is reported and looked for again; an unknown one is missing', async () => {
  await using both = await startBoth()
  const { server } = both
  const ask = async (provider: string) => (await server.post('sign-in/social', { provider })).status
  expect(await ask('nobody')).toBe(404)
  expect(await ask('acme')).toBe(200)
  const sleeping = {
    id: 'acme',
    name: 'Acme',
    issuer: 'http://127.0.0.1:1',
    clientId: 'c',
    clientSecret: 's',
  }
  const providers = [{ ...sleeping, scopes: ['openid'] }]
  await using other = await start({ providers })
  const late = async () => (await other.post('sign-in/social', { provider: 'acme' })).status
  expect(await late()).toBe(404)
  expect(other.reports).toHaveLength(1)
  for (const provider of providers) provider.issuer = both.issuer
  expect(await late()).toBe(200)
})

test('[OIDC10] an ID token of another issuer, for another client, or of no issue at all, opens nothing', async () => {
  const signedBy = async (claims: Wrong['claims']) => {
    await using both = await startBoth({}, claims === undefined ? {} : { claims })
    const { page, me } = await signIn(both.server, 'ann')
    return [page.pathname, me?.email]
  }
  expect(await signedBy(undefined)).toEqual(['/chat', 'ann@example.com'])
  expect(await signedBy({ name: 'Ann' })).toEqual(['/chat', 'ann@example.com'])
  for (const claims of [{ iss: 'https://evil.example' }, { aud: 'another client' }, { nonce: 'x' }, null])
    expect([claims, await signedBy(claims)]).toEqual([claims, ['/failed', undefined]])
})

test('[OIDC10] a userinfo about somebody else than the ID token opens nothing', async () => {
  await using both = await startBoth({}, { subject: 'bob' })
  const refused = await signIn(both.server, 'ann')
  expect([refused.page.pathname, refused.me]).toEqual(['/failed', undefined])
  expect((await signIn(both.server, 'bob')).me).toMatchObject({ email: 'bob@example.org' })
})

test('[OIDC11] a provider whose document names another issuer than the one that was set is none', async () => {
  await using both = await startBoth()
  const { port } = new URL(both.issuer)
  const begin = async (issuer: string) => {
    const acme = { id: 'acme', name: 'Acme', clientId: 'confab', clientSecret: 's', scopes: ['openid'] }
    await using server = await start({ providers: [{ ...acme, issuer }] })
    return (await server.post('sign-in/social', { provider: 'acme' })).status
  }
  expect(await begin(`http://localhost:${port}`)).toBe(404)
  expect(await begin(both.issuer)).toBe(200)
})

test('[OIDC12] no redirect of a provider is followed', async () => {
  const signedBy = async (moved: string) => {
    await using both = await startBoth({}, { moved })
    const browser = openBrowser()
    const begun = await browser.post(`${both.server.home}/api/auth/sign-in/social`, {
      ...{ provider: 'acme', callbackURL: '/chat', errorCallbackURL: '/failed' },
    })
    if (begun.status !== 200) return begun.status
    return (await browser.follow((await begun.json()).url, both.server.home)).pathname
  }
  expect(await signedBy('/nowhere')).toBe('/chat')
  expect(await signedBy('/.well-known/openid-configuration')).toBe(404)
  for (const path of ['/token', '/me', '/jwks'])
    expect([path, await signedBy(path)]).toEqual([path, '/failed'])
})

test('[OIDC13] a provider that may confirm addresses of some domains opens no account with another', async () => {
  await using both = await startBoth({}, { domains: ['example.com'] })
  const ann = await both.server.signIn('ann@example.com')
  const bob = await both.server.signIn('bob@example.org')
  const refused = await signIn(both.server, 'bob')
  expect([refused.page.pathname, refused.page.searchParams.get('error')]).toEqual([
    '/failed',
    'account_not_linked',
  ])
  expect([refused.me, (await signIn(both.server, 'ann')).me.id]).toEqual([undefined, ann.id])
  expect(bob.id).not.toBe(ann.id)
})

test('[SUSP2] who comes from a provider to a suspended account is led to a page that says so', async () => {
  await using both = await startBoth()
  const { server } = both
  const root = await server.signIn('root@example.com')
  const { me } = await signIn(server, 'ann')
  await server.suspend(root, me.id)
  const refused = await signIn(server, 'ann')
  expect([refused.page.pathname, refused.page.search]).toEqual(['/', '?error=ACCOUNT_SUSPENDED'])
  expect(refused.me).toBeUndefined()
})

test('[TOTP2] a provider is not enough: no session until the app’s code has come as well', async () => {
  await using both = await startBoth()
  const { server } = both
  const ann = await server.signIn('ann@example.com')
  const { totpURI } = (await server.post('two-factor/enable', {}, ann.bearer)).json()
  const code = () => totpAt(totpURI, server.clock.now())
  await server.post('two-factor/verify-totp', { code: code() }, ann.bearer)
  // A code is good once.
  server.advance(30_000)
  const { page, me, browser } = await signIn(server, 'ann')
  expect([page.pathname, page.search, me]).toEqual(['/chat', '?second-factor=totp', undefined])
  const wrong = code() === '000000' ? '000001' : '000000'
  const enter = (digits: string) =>
    browser.post(`${server.home}/api/auth/two-factor/verify-totp`, { code: digits })
  expect((await enter(wrong)).status).toBe(401)
  expect((await enter(code())).status).toBe(200)
  expect((await browser.get(`${server.home}/api/v1/me`)).status).toBe(200)
  // Who has none is let in as ever.
  expect((await signIn(server, 'bob')).me).toBeDefined()
})
