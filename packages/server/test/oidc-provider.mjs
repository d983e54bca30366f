import { createSign, generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import Provider from 'oidc-provider'

/**
 * A provider of OpenID Connect: `oidc-provider`, certified by the OpenID Foundation, on a free port of this
 * machine. Whoever comes with a `login_hint` is that account, without a password, and anybody else the first
 * one; PKCE is required of all. Its settings come as JSON: `{ redirectUri, accounts: { [id]: claims } }`. Of
 * the redirect URI any port of this machine is taken, as native applications need it (RFC 8252, 7.3). The
 * issuer goes to the standard output once it serves.
 *
 * It goes wrong as it is told by a POST to /wrong, until it is told otherwise: `claims` are put over those of
 * each ID token, signed by its own key all the same, or null for none; `subject` over that of the userinfo;
 * `moved` is a path that leads on to where it is answered.
 */
const { redirectUri, accounts } = JSON.parse(process.argv[2])
let { claims, subject, moved } = {}
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

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
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] },
  cookies: { keys: ['a key for tests'] },
  pkce: { required: () => true },
  scopes: ['openid', 'email', 'profile'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, { uid }) => `/who/${uid}` },
  findAccount: (_context, id) =>
    accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
})

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The ID token with other claims. */
function signedAnew(token) {
  const [head, body] = token.split('.')
  const signed = `${head}.${part({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), ...claims })}`
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`
}

provider.use(async (context, next) => {
  if (context.path === moved && context.query.here === undefined) return context.redirect(`${moved}?here=1`)
  await next()
  const { body } = context
  if (claims !== undefined && typeof body?.id_token === 'string')
    context.body = { ...body, id_token: claims === null ? undefined : signedAnew(body.id_token) }
  if (subject !== undefined && typeof body?.sub === 'string') context.body = { ...body, sub: subject }
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
  if (request.url === '/wrong') {
    ;({ claims, subject, moved } = await json(request))
    return response.end()
  }
  if (!request.url.startsWith('/who/')) return answer(request, response)
  const result = await decide(request, response)
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true })
})
process.stdout.write(`${issuer}\n`)
