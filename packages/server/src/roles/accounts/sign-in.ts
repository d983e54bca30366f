import { type SignInOptions, signInOptions } from '@confab/protocol/account-settings'
import { createRoute } from '@hono/zod-openapi'
import { readAccountSettings } from '../../domain/accounts/account-settings.ts'
import type { Identity } from '../../ports/identity.ts'
import { createRoutes } from '../http/api.ts'
import { jsonAnswer } from '../http/schemas.ts'
import type { People } from './door.ts'

/** What a page that signs people in must know beforehand. */
export function signInRoutes({
  domain,
  identity,
  demo,
}: People & { identity: Pick<Identity, 'providers'>; demo: SignInOptions['demo'] }) {
  const routes = createRoutes()

  const read = createRoute({
    tags: ['Signing in'],
    method: 'get',
    path: '/api/v1/sign-in',
    summary: 'Which ways in are open, and who may sign up',
    responses: { 200: jsonAnswer('As it is now', signInOptions) },
  })
  routes.openapi(read, async (c) => {
    const { signIn, signUp } = await readAccountSettings(domain)
    const providers = signIn.includes('oidc') ? [...identity.providers] : []
    const open = signIn.filter((way) => way !== 'oidc' || providers.length > 0)
    return c.json({ signIn: open, signUp, providers, ...(demo && { demo }) }, 200)
  })

  return routes
}
