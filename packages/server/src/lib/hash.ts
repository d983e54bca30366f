/** The first 16 bytes of SHA-256: names a thing for ever; 2^64 of them before two are likely to meet. */
export function digest16(text: string): Uint8Array {
  return new Bun.CryptoHasher('sha256').update(text).digest().subarray(0, 16)
}

/** The first 16 bytes of HMAC-SHA-256 (RFC 2104): says whether two texts are equal and nothing else. */
export function keyedDigest16(key: Uint8Array, text: string): Uint8Array {
  return new Bun.CryptoHasher('sha256', key).update(text).digest().subarray(0, 16)
}
