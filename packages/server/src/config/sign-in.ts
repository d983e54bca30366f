import { accountSettings, signUpRules } from '@confab/protocol/account-settings'
import { z } from 'zod'
import { isLoopbackUrl } from '../lib/loopback.ts'
import { list } from './words.ts'

const anyoneOf = `must be ${signUpRules.filter((rule) => rule !== 'domains').join(', ')} or domains:example.org,example.com`

/** Who may sign up: a rule, or `domains:` and the domains of their addresses. */
export const signUp = z
  .string()
  .transform((text) => {
    const [rule = '', domains] = text.trim().split(/:(.*)/s)
    return { signUp: rule, domains: domains === undefined ? [] : list(domains) }
  })
  .pipe(accountSettings.pick({ signUp: true, domains: true }).catch({ signUp: 'domains', domains: [] }))
  .refine((set) => (set.signUp === 'domains') === set.domains.length > 0, anyoneOf)

/** A provider of OpenID Connect, found by discovery below its issuer. */
export type OidcProvider = z.infer<typeof oidcProvider>

const oidcProvider = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 of a-z, 0-9 and -'),
  name: z.string().min(1).max(100),
  issuer: z
    .url({ protocol: /^https?$/ })
    .refine((url) => url.startsWith('https:') || isLoopbackUrl(url), 'must be https, but for this machine'),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1).optional(),
  scopes: z.array(z.string().min(1)).default(['openid', 'email', 'profile']),
  domains: accountSettings.shape.domains.optional(),
})

const aProviderList =
  'must be a JSON list like [{"id":"acme","name":"Acme","issuer":"https://id.acme.org","clientId":"…","clientSecret":"…"}]'
export const oidcProviders = z.string().transform((text, context) => {
  const parsed = z.array(oidcProvider).safeParse(parseJson(text))
  if (parsed.success && new Set(parsed.data.map(({ id }) => id)).size === parsed.data.length)
    return parsed.data
  const [issue] = parsed.error?.issues ?? []
  const at = issue?.path.join('.')
  const what = at ? `${at}: ${issue?.message}` : 'it is none'
  const where = issue ? what : 'two have the same id'
  context.addIssue({ code: 'custom', message: `${aProviderList} (${where})` })
  return z.NEVER
})

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
