/** What the cookies of accounts are called at an address, and what better-auth is to give each of them. */
export function cookiesOf(publicUrl: string) {
  const secure = publicUrl.startsWith('https:')
  // `__Host-`: no other host of the domain can put one of its own in its place. better-auth would say
  // `__Secure-`, which allows that; told to, it would say both.
  const prefix = secure ? '__Host-confab' : 'confab'
  return {
    prefix,
    attributes: { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const,
    session: `${prefix}.session_token`,
    secondFactor: `${prefix}.two_factor`,
    device: `${prefix}.device`,
    signedUp: `${prefix}.signed_up`,
  }
}
