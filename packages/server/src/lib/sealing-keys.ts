import { hkdfSync } from 'node:crypto'

/** A key for what is kept, and the name that stands beside what was sealed with it. */
export interface SealingKey {
  id: string
  /** 32 bytes. */
  key: Uint8Array
}

const keyBytes = 32
const keyWord = /^([a-z0-9-]{1,32}):([A-Za-z0-9+/_-]{43}=?)$/

/**
 * `2026:BASE64,2025:BASE64`: the first is the one that writes. Undefined where it is none of that, or where
 * two keys go by one name.
 */
export function parseSealingKeys(text: string): SealingKey[] | undefined {
  const keys: SealingKey[] = []
  for (const word of text.split(',')) {
    const [, id, base64] = keyWord.exec(word.trim()) ?? []
    // `base64url` reads both alphabets.
    const key = Buffer.from(base64 ?? '', 'base64url')
    if (id === undefined || key.length !== keyBytes || keys.some((other) => other.id === id)) return undefined
    keys.push({ id, key: Uint8Array.from(key) })
  }
  return keys
}

/** A key for one purpose by HKDF-SHA-256 (RFC 5869): who learns it learns no other purpose's. */
export const keyFor = (
  { key }: Pick<SealingKey, 'key'>,
  purpose: string,
  salt: Uint8Array = noSalt,
): Uint8Array => new Uint8Array(hkdfSync('sha256', key, salt, `confab ${purpose}`, keyBytes))

const noSalt = new Uint8Array()

/** Tells two keys of one name apart, and nothing of the key. */
export const fingerprint = (key: SealingKey): string => keyFor(key, 'fingerprint').subarray(0, 8).toHex()
