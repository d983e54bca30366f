import { describe } from 'bun:test'
import { codesContract } from './identity-contract/codes.contract.ts'
import { sessionsContract } from './identity-contract/sessions.contract.ts'
import { tokensContract } from './identity-contract/tokens.contract.ts'
import type { Open } from './identity-contract/under-test.contract.ts'

/** The suite that every identity passes (rules in docs/spec/accounts.md): `open` brings one without accounts. */
export function identityContract(open: Open): void {
  describe('signing in by code', () => codesContract(open))
  describe('tokens', () => tokensContract(open))
  describe('sessions', () => sessionsContract(open))
}
