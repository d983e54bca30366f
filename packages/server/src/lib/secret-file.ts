import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

const secretBytes = 32

/**
 * The secret kept in a file, made at the first call and readable by its owner alone. It is put in place
 * whole, so that a crash leaves no half of one. The caller holds the folder, so nobody else makes one.
 */
export function readOrMakeSecret(file: string): string {
  const kept = readSecret(file)
  if (kept !== undefined) return kept
  const secret = randomBytes(secretBytes).toString('base64url')
  keepSecret(file, secret)
  return secret
}

/** Puts one that is known into the place of whatever is there. */
export function keepSecret(file: string, secret: string): void {
  writeFileSync(`${file}.new`, `${secret}\n`, { mode: 0o600, flush: true })
  renameSync(`${file}.new`, file)
}

/** Undefined where none has been made. */
export function readSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** A key for one purpose: who learns it learns neither the secret nor another purpose's key. */
export function deriveKey(secret: string, purpose: string): Uint8Array {
  return new Bun.CryptoHasher('sha256', secret).update(purpose).digest()
}
