import { instant } from '@confab/protocol/user'
import { z } from '@hono/zod-openapi'
import { jsonAnswer, problem } from '../http/schemas.ts'

export const authPrefix = '/api/auth'
/** On what only who is signed in may ask. */
export const security = [{ bearer: [] }, { cookie: [] }]

/** better-auth's own refusals have a form of their own. */
export const authError = z.object({ message: z.string(), code: z.string().optional() }).openapi('AuthError')
export const refused = (description: string) => jsonAnswer(description, authError)
export const wrong = {
  400: {
    description: 'The request is not valid',
    content: { 'application/json': { schema: authError }, 'application/problem+json': { schema: problem } },
  },
}
export const foreign = {
  403: refused('With a cookie, from an origin that is not trusted; or `SESSION_NOT_FRESH`: sign in again'),
}
export const nobody = { 401: refused('Sign in first') }

export const account = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  image: z.string().nullable(),
  twoFactorEnabled: z.boolean(),
  createdAt: instant,
  updatedAt: instant,
})
export const session = z.object({
  id: z.string(),
  userId: z.string(),
  token: z.string(),
  expiresAt: instant,
  createdAt: instant,
  updatedAt: instant,
  ipAddress: z.string().nullable(),
  userAgent: z.string().nullable(),
})
export const secondFactor = z.object({
  twoFactorRedirect: z.literal(true),
  twoFactorMethods: z.array(z.string()),
})
export const signedIn = z.union([z.object({ token: z.string(), user: account }), secondFactor])
export const done = z.object({ success: z.boolean() })
export const revoked = z.object({ status: z.boolean() })
export const email = z.string().max(254)

/** The token of a link, where not everybody may sign up. */
export const invitation = z.string().optional()
