import { createServer } from 'node:http'
import Provider from 'oidc-provider'

/**
 * A provider of OpenID Connect: `oidc-provider`, certified by the OpenID Foundation, on a free port of this
 * machine. Whoever comes with a `login_hint` is that account, without a password, and anybody else the first
 * one; PKCE is required of all. Its settings come as JSON: `{ redirectUri, accounts: { [id]: claims } }`. Of
 * the redirect URI any port of this machine is taken, as native applications need it (RFC 8252, 7.3). The issuer goes to the standard
 * output once it serves.
 */
const { redirectUri, accounts } = JSON.parse(process.argv[2])

const server = createServer()
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const issuer = `http://127.0.0.1:${server.address().port}`

const provider = new Provider(issuer, {
  clients: [
    {
      ...{ client_id: 'confab', client_secret: 'a secret of the client', redirect_uris: [redirectUri] },
      application_type: 'native',
    },
  ],
  cookies: { keys: ['a key for tests'] },
  pkce: { required: () => true },
  scopes: ['openid', 'email', 'profile'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, { uid }) => `/who/${uid}` },
  findAccount: (_context, id) =>
    accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
})

async function decide(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') {
    return { login: { accountId: params.login_hint ?? Object.keys(accounts)[0] } }
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
  grant.addOIDCScope('openid email profile')
  return { consent: { grantId: await grant.save() } }
}

const answer = provider.callback()
server.on('request', async (request, response) => {
  if (!request.url.startsWith('/who/')) return answer(request, response)
  const result = await decide(request, response)
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true })
})
process.stdout.write(`${issuer}\n`)
