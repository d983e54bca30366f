import { createHmac } from 'node:crypto'
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import type { BackupCodeOptions } from 'better-auth/plugins/two-factor'
import { z } from 'zod'
import { askedNow } from './asking.ts'

const amount = 10
/** Of 32 signs each, none of which is taken for another: 120 bits, so that a bare hash keeps them (ASVS 6.5.2). */
const signs = '0123456789abcdefghjkmnpqrstvwxyz'
const signCount = 24
const kept = z.array(z.string())
const hashed = 'hash '

/**
 * Recovery codes, kept as keyed hashes, sealed. better-auth keeps what it can compare with what was typed: of a
 * hash that fits it is therefore given the typed word in its place. Codes of before, kept whole, open as they
 * did, and what is left of them is hashed then.
 */
export function recoveryCodes(secret: string): BackupCodeOptions {
  const hash = (code: string): string =>
    `${hashed}${createHmac('sha256', secret)
      .update(`recovery ${plain(code)}`)
      .digest('base64url')}`

  return {
    customBackupCodesGenerate: () => Array.from({ length: amount }, newCode),
    storeBackupCodes: {
      async encrypt(json) {
        const codes = kept.parse(JSON.parse(json))
        const hashes = codes.map((one) => (one.startsWith(hashed) ? one : hash(one)))
        return symmetricEncrypt({ key: secret, data: JSON.stringify(hashes) })
      },
      async decrypt(data) {
        const codes = kept.parse(JSON.parse(await symmetricDecrypt({ key: secret, data })))
        const typed = askedNow()?.code ?? ''
        // A hash opens nothing by itself.
        if (typed.startsWith(hashed)) return '[]'
        const due = hash(typed)
        return JSON.stringify(codes.map((one) => (one === due ? typed : one)))
      },
    },
  }
}

function newCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(signCount))
  const code = Array.from(bytes, (byte) => signs.charAt(byte % signs.length)).join('')
  return code.replaceAll(/.{4}(?=.)/g, '$&-')
}

/** As it is meant, however it is typed. */
const plain = (code: string): string =>
  code.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1')
