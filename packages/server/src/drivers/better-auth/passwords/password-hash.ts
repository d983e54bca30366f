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
    Bun.password.hash(plain(password), { algorithm: 'argon2id', ...cost }),
  verify: ({ hash, password }: { hash: string; password: string }): Promise<boolean> =>
    Bun.password.verify(plain(password), hash, 'argon2id'),
})

/** The runtime refuses an empty password, which nobody has: it takes its time like any other wrong one. */
const plain = (password: string): string => password.normalize('NFKC') || '\0'
