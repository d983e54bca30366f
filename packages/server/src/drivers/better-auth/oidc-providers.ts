import type { OAuth2Tokens } from '@better-auth/core/oauth2'
import type { AuthContext } from 'better-auth'
import { genericOAuth } from 'better-auth/plugins/generic-oauth'
import type { BetterAuthPlugin } from 'better-auth/types'
import { assert } from '../../lib/assert.ts'
import type { Report } from '../../lib/report.ts'
import { type Discovery, discoveryUrlOf, readDiscovery, readProfile } from './ask-oidc-provider.ts'

/** A provider of OpenID Connect, as the settings name it. */
export interface OidcProvider {
  /** As in the path of its callback, `/api/auth/callback/<id>`. */
  id: string
  name: string
  /** Its discovery document lies below this address. */
  issuer: string
  clientId: string
  /** Undefined for a public client, which PKCE alone protects. */
  clientSecret?: string | undefined
  scopes: readonly string[]
  /** Whose addresses it may confirm; undefined for any. */
  domains?: readonly string[] | undefined
}

export type OidcProviders = ReturnType<typeof oidcProviders>

/**
 * Finds providers by discovery (OpenID Connect Discovery 1.0) when they are first used, and again where that
 * failed: better-auth would ask once, at the start, and a provider that slept then would be missing for good.
 * The code is exchanged with PKCE (RFC 7636), the ID token verified by the provider's keys and its nonce.
 */
export function oidcProviders(configured: readonly OidcProvider[], report: Report) {
  const found: AuthContext['socialProviders'] = []
  let context: AuthContext | undefined

  async function discover(provider: OidcProvider): Promise<void> {
    assert(context, 'a provider is looked for before better-auth has begun')
    const document = await readDiscovery(provider.issuer)
    const config = {
      ...configOf(provider),
      getUserInfo: (tokens: OAuth2Tokens) => profileOf(document, tokens),
    }
    const { context: also } = await genericOAuth({ config: [config] }).init(context)
    const [one] = also.socialProviders.filter(({ id }) => id === provider.id)
    if (!one) throw new Error(`nothing that can be used at ${provider.issuer}`)
    if (!found.some(({ id }) => id === provider.id)) found.push(one)
  }

  const profileOf = (document: Discovery, tokens: OAuth2Tokens) =>
    readProfile(document, tokens).catch((cause: unknown) => {
      report(`${document.issuer} did not tell who signs in`, cause)
      return null
    })

  return {
    plugin: {
      id: 'confab-oidc-providers',
      init(begun) {
        context = begun
        return { context: { socialProviders: found } }
      },
    } satisfies BetterAuthPlugin,

    /** Makes a provider known to better-auth, if it isn't yet and can be found. */
    async prepare(id: string): Promise<void> {
      const provider = configured.find((one) => one.id === id)
      if (!provider || found.some((one) => one.id === id)) return
      await discover(provider).catch((cause) => report(`the sign-in provider ${id} was not found`, cause))
    },
  }
}

const configOf = ({ id, name, issuer, clientId, clientSecret, scopes, domains }: OidcProvider) => ({
  providerId: id,
  name,
  discoveryUrl: discoveryUrlOf(issuer),
  clientId,
  ...(clientSecret === undefined
    ? { tokenEndpointAuth: { method: 'none' } as const }
    : { clientSecret, authentication: 'basic' as const }),
  scopes: [...scopes],
  pkce: true,
  requireIdTokenVerification: true,
  disableProviderLogout: true,
  // An address that its provider didn't confirm would open somebody else's account.
  mapProfileToUser: (profile: Record<string, unknown>) => ({
    emailVerified: profile.email_verified === true && mayConfirm(domains, profile.email),
  }),
})

/** Where there are several providers, each can be kept to the addresses that are its own to speak for. */
const mayConfirm = (domains: readonly string[] | undefined, email: unknown): boolean =>
  domains === undefined ||
  (typeof email === 'string' && domains.includes(email.slice(email.lastIndexOf('@') + 1).toLowerCase()))
