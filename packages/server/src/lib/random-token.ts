const tokenBytes = 24

/** 192 random bits as base64url: a secret that nobody guesses, kept as a hash by whoever checks it. */
export const randomToken = (): string =>
  crypto.getRandomValues(new Uint8Array(tokenBytes)).toBase64({ alphabet: 'base64url' })
