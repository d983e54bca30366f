import { openSignedToken, signToken } from './signed-token.ts'

/** As long as the link in the mail is good. */
export const signUpAgainMs = 3_600_000

/**
 * What a browser is given that has signed an address up, and so has spent a use of an invitation: the same
 * again spends none. It is given alike for a taken address and a free one. Kept on the server, by address, it
 * would tell everybody else who holds the invitation whose address has used it.
 */
export function signedUp({ secret, now }: { secret: string; now: () => number }) {
  const hash = (email: string): string => new Bun.CryptoHasher('sha256').update(email).digest('base64url')
  return {
    wordFor: (email: string): string =>
      signToken(`signed-up ${now() + signUpAgainMs} ${hash(email)}`, secret),

    isOf(word: string | undefined, email: string): boolean {
      const said = word === undefined ? undefined : openSignedToken(word, secret)
      const [what, until, of] = said?.split(' ') ?? []
      return what === 'signed-up' && now() < Number(until) && of === hash(email)
    },
  }
}
