import type { AuthContext } from 'better-auth'
import { genericOAuth } from 'better-auth/plugins/generic-oauth'
import type { BetterAuthPlugin } from 'better-auth/types'
import { assert } from '../../lib/assert.ts'
import type { Report } from '../../lib/report.ts'

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
    const { context: also } = await genericOAuth({ config: [configOf(provider)] }).init(context)
    const [one] = also.socialProviders.filter(({ id }) => id === provider.id)
    if (!one) throw new Error(`nothing that can be used at ${provider.issuer}`)
    if (one.issuer !== provider.issuer)
      throw new Error(`the document at ${provider.issuer} names another issuer, ${one.issuer}`)
    if (!found.some(({ id }) => id === provider.id)) found.push(one)
  }

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

const configOf = ({ id, name, issuer, clientId, clientSecret, scopes }: OidcProvider) => ({
  providerId: id,
  name,
  discoveryUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
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
    emailVerified: profile.email_verified === true,
  }),
})
