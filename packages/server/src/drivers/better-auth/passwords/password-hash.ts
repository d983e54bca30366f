/** Memory in KiB, and passes over it. */
export interface PasswordCost {
  memoryCost: number
  timeCost: number
}

/** The least that OWASP's password storage cheat sheet asks for: about 25 ms of one core. */
const owaspCost: PasswordCost = { memoryCost: 19_456, timeCost: 2 }

/** argon2id. Hash and check take the same time, so neither tells whether there was a hash. */
export const passwordHash = (cost: PasswordCost = owaspCost) => ({
  hash: (password: string): Promise<string> =>
    Bun.password.hash(password.normalize('NFKC'), { algorithm: 'argon2id', ...cost }),
  verify: ({ hash, password }: { hash: string; password: string }): Promise<boolean> =>
    Bun.password.verify(password.normalize('NFKC'), hash, 'argon2id'),
})
