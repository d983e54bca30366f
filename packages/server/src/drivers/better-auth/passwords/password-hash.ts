import { availableParallelism } from 'node:os'
import { atMost } from '../../../lib/at-most.ts'

/** Memory in KiB, and passes over it. */
export interface PasswordCost {
  memoryCost: number
  timeCost: number
}

/** The least that OWASP's password storage cheat sheet asks for: about 25 ms of one core. */
const owaspCost: PasswordCost = { memoryCost: 19_456, timeCost: 2 }

/**
 * The runtime hashes in the pool in which the log of messages is flushed, too: one thread a core. One is left
 * for the flush, or else every send would wait for a burst of sign-ins. As many wait as the doors let in.
 */
const hashesAtOnce = Math.max(1, availableParallelism() - 1)

/** argon2id. Hash and check take the same time, so neither tells whether there was a hash. */
export function passwordHash(cost: PasswordCost = owaspCost) {
  const turn = atMost(hashesAtOnce)
  return {
    hash: (password: string): Promise<string> =>
      turn(() => Bun.password.hash(plain(password), { algorithm: 'argon2id', ...cost })),
    verify: ({ hash, password }: { hash: string; password: string }): Promise<boolean> =>
      turn(() => Bun.password.verify(plain(password), hash, 'argon2id')),
  }
}

/** The runtime refuses an empty password, which nobody has: it takes its time like any other wrong one. */
const plain = (password: string): string => password.normalize('NFKC') || '\0'
