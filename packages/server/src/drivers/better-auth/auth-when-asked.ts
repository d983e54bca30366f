import type { AuthHooks, AuthSettings } from './auth.ts'
import type { OidcProvider } from './oidc-providers.ts'
import { opensSecrets } from './opens-secrets.ts'

type Loaded = Awaited<ReturnType<typeof load>>

/**
 * better-auth, loaded when somebody asks what it alone can answer: it takes as long as all the rest of a start
 * together. A session token and a cookie are looked up without it; a JWT is verified by it. What could not be
 * loaded is loaded again for who asks next.
 */
export function authWhenAsked(...words: Parameters<typeof load>): () => Promise<Loaded> {
  let loading: Promise<Loaded> | undefined
  return () => {
    loading ??= load(...words).catch((cause) => {
      loading = undefined
      throw cause
    })
    return loading
  }
}

async function load(settings: AuthSettings & { providers?: readonly OidcProvider[] }, hooks: AuthHooks) {
  const { createAuth } = await import('./auth.ts')
  const { oidcProviders } = await import('./oidc-providers.ts')
  const { isAPIError } = await import('better-auth/api')
  const { database, secret } = settings
  // A node that still ran under another SECRET may have left it, and no JWT could be signed for as long as it lives.
  if ((await opensSecrets(database.statements, secret)) === false)
    await database.statements.change('DELETE FROM auth_jwks')
  const oidc = oidcProviders(settings.providers ?? [], settings.report)
  const auth = createAuth({ ...settings, oidc, kysely: await database.kysely() }, hooks)
  return { auth, oidc, context: await auth.$context, isRefusal: isAPIError }
}
