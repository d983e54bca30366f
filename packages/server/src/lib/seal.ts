import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export const nonceBytes = 12
const tagBytes = 16

/**
 * Encrypts with AES-256-GCM (NIST SP 800-38D) under a 96-bit nonce, random unless given: nonce, ciphertext,
 * tag. `context` is bound in but not kept: what was sealed for one place opens in no other. The key is 32
 * bytes; under one key at most 2^32 texts, by the same standard.
 */
export function seal(
  key: Uint8Array,
  text: string,
  context: string,
  nonce: Uint8Array = randomBytes(nonceBytes),
): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

/** Throws where the key or the context is another, or a bit was changed. */
export function unseal(key: Uint8Array, sealed: Uint8Array, context: string): string {
  if (sealed.length < nonceBytes + tagBytes) throw new Error('what was sealed is cut short')
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes))
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  const opened = decipher.update(sealed.subarray(nonceBytes, -tagBytes))
  return Buffer.concat([opened, decipher.final()]).toString('utf8')
}
