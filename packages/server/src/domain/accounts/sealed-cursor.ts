import { Refusal } from '@confab/protocol/refusal'
import { seal, unseal } from '../../lib/seal.ts'
import { keyFor } from '../../lib/sealing-keys.ts'
import type { Domain } from '../domain.ts'

type Sealing = Pick<Domain, 'contentSecret'>
const purpose = 'cursors of accounts'

/**
 * A cursor says where a page ended, by a name or an address; it comes back in a query, which proxies log. So
 * it is handed out sealed, and opens on every node.
 */
export const sealCursor = (domain: Sealing, cursor: string): string =>
  Buffer.from(seal(keyOf(domain), cursor, purpose)).toString('base64url')

/** One that isn't ours is a Refusal `invalid`. */
export function openCursor(domain: Sealing, sealed: string): string {
  const cursor = opened(domain, sealed)
  if (cursor !== undefined) return cursor
  const errors = [{ path: 'cursor', message: 'must be the `next` of an earlier page' }]
  throw new Refusal('invalid', { detail: 'this cursor is none of this list', errors })
}

function opened(domain: Sealing, sealed: string): string | undefined {
  try {
    return unseal(keyOf(domain), Buffer.from(sealed, 'base64url'), purpose)
  } catch {
    return undefined
  }
}

const keyOf = ({ contentSecret: key }: Sealing) => keyFor({ key }, purpose)
