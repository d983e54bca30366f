import { z } from 'zod'
import { userId } from './ids.ts'

/**
 * The ways to sign in. A second factor is asked for after `code` and `password`;
 * the other two bring their own.
 */
export const signInWays = ['code', 'password', 'passkey', 'oidc'] as const
export const signInWay = z.enum(signInWays)
export type SignInWay = z.infer<typeof signInWay>

/** Who may have an account that has none. An invitation also opens `domains`. */
export const signUpRules = ['open', 'invited', 'domains', 'closed'] as const
export const signUpRule = z.enum(signUpRules)

/**
 * Of whom a second factor is required: who comes with one alone sets one up, or shows it, before they go on.
 */
export const secondFactorRules = ['optional', 'administrators', 'everybody'] as const
export const secondFactorRule = z.enum(secondFactorRules)
export type SecondFactorRule = z.infer<typeof secondFactorRule>

const domainName = z
  .string()
  .max(253)
  .toLowerCase()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a domain like example.org')

/** What a server's administrators decide about the doors of the accounts. */
export const accountSettings = z.object({
  /** The ways that are open; at least one, or nobody would ever come in again. */
  signIn: z.array(signInWay).min(1),
  signUp: signUpRule,
  /** Whose addresses may sign up under `domains`; a subdomain is another domain. */
  domains: z.array(domainName).max(100),
  secondFactor: secondFactorRule,
})
export type AccountSettings = z.infer<typeof accountSettings>

/** What a page that signs people in must know. It is told to everybody. */
export const signInOptions = z.object({
  signIn: z.array(signInWay),
  signUp: signUpRule,
  /** OpenID Connect providers, for `sign-in/social { provider: id }`. */
  providers: z.array(z.object({ id: z.string(), name: z.string() })),
  /**
   * The invented people of a demo: with a code, which its preview inbox shows,
   * anybody at the machine is they.
   */
  demo: z.array(z.object({ id: userId, email: z.string(), name: z.string(), bio: z.string() })).optional(),
})
export type SignInOptions = z.infer<typeof signInOptions>
