import { z } from 'zod'

/** Longer than a provider takes, shorter than a person waits. */
const answerMs = 10_000

const discovery = z.object({ issuer: z.string(), userinfo_endpoint: z.url().optional() })
export type Discovery = z.infer<typeof discovery>

const profile = z.looseObject({
  sub: z.string(),
  email: z.string().optional(),
  email_verified: z.boolean().default(false),
  name: z.string().optional(),
  picture: z.string().optional(),
})
type Profile = z.infer<typeof profile>

export const discoveryUrlOf = (issuer: string): string =>
  `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`

/**
 * The provider's own document. It must name the issuer that was set (OpenID Connect Discovery 1.0, 4.3), and
 * come from where that says: a redirect is refused,
 * here as in all that better-auth and jose ask of a provider.
 */
export async function readDiscovery(issuer: string): Promise<Discovery> {
  const document = discovery.parse(await ask(discoveryUrlOf(issuer)))
  if (document.issuer !== issuer)
    throw new Error(`the document at ${issuer} names another issuer, ${document.issuer}`)
  return document
}

/**
 * Who signs in: the claims of the ID token, which better-auth has verified, or of the provider's userinfo,
 * which must be about the same person (OpenID Connect Core 1.0, 5.3.2). Without an ID token it is nobody:
 * better-auth would take what the userinfo says alone, which is bound to nothing that this browser began.
 */
export async function readProfile(
  { userinfo_endpoint: userinfo }: Discovery,
  { idToken, accessToken }: { idToken?: string | undefined; accessToken?: string | undefined },
): Promise<(Profile & { emailVerified: boolean }) | null> {
  if (idToken === undefined) throw new Error('there is no ID token')
  const claims = profile.parse(claimsOf(idToken))
  const isWhole = claims.email !== undefined || userinfo === undefined || accessToken === undefined
  const found = isWhole
    ? claims
    : profile.parse(await ask(userinfo, { Authorization: `Bearer ${accessToken}` }))
  if (found.sub !== claims.sub) throw new Error('the userinfo is about somebody else than the ID token')
  return { ...found, emailVerified: found.email_verified }
}

async function ask(url: string, headers: Record<string, string> = {}): Promise<unknown> {
  const answer = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(answerMs) })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  return answer.json()
}

const claimsOf = (idToken: string): unknown =>
  JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString())
