import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * In code points. The least is that of NIST SP 800-63B with no rule of composition; the most bounds the work.
 */
export const passwordChars = { min: 8, max: 256 }

export type WrongPassword = 'PASSWORD_TOO_SHORT' | 'PASSWORD_TOO_LONG' | 'PASSWORD_TOO_COMMON'

/**
 * Why a password can't be taken; undefined if it can. Length counts, composition doesn't. Refused are the
 * commonest, whatever their case, spaces or a few digits and signs at the end do to hide them, one character
 * over and over, the address itself, and what is made of nothing but the installation's own words.
 */
export function wrongPassword(
  password: string,
  { email, ownWords = [] }: { email?: string | undefined; ownWords?: readonly string[] } = {},
) {
  const length = [...password].length
  if (length < passwordChars.min) return 'PASSWORD_TOO_SHORT' satisfies WrongPassword
  if (length > passwordChars.max) return 'PASSWORD_TOO_LONG' satisfies WrongPassword
  const plain = normalized(password)
  const stem = plain.replace(/[\d\p{P}\p{S}]{1,4}$/u, '')
  const ofTheirs = email === undefined ? [] : [normalized(email), normalized(email.split('@')[0] ?? '')]
  const isGuessed =
    [plain, stem].some((word) => commonPasswords().has(word) || ofTheirs.includes(word)) ||
    isMadeOf(ownWords, plain) ||
    new Set(plain).size < 2
  return isGuessed ? ('PASSWORD_TOO_COMMON' satisfies WrongPassword) : undefined
}

/**
 * Words that an attacker of this installation tries first: the program's name, and the parts of the address.
 */
export function ownWordsOf(publicUrl: string): string[] {
  const parts = new URL(publicUrl).hostname.split('.').filter((part) => /\p{L}{2}/u.test(part))
  return ['confab', ...parts.flatMap((part) => part.split('-'))]
    .map(normalized)
    .toSorted((one, other) => other.length - one.length)
}

/** Whether nothing is left without them, but signs and at most a year. */
function isMadeOf(words: readonly string[], plain: string): boolean {
  const letters = plain.replace(/[\p{P}\p{S}]/gu, '')
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), letters)
  return rest !== letters && /^\d{0,4}$/.test(rest)
}

/** Compatibility forms, case and spaces make no other password of a common one. */
const normalized = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/gu, '')

let read: ReadonlySet<string> | undefined

/** Read at the first password: a server without passwords needs none of it. 75 KB. */
function commonPasswords(): ReadonlySet<string> {
  read ??= new Set(readFileSync(join(import.meta.dir, 'common-passwords.txt'), 'utf8').split('\n'))
  return read
}

export const passwordMessages: Record<WrongPassword, string> = {
  PASSWORD_TOO_SHORT: `A password has at least ${passwordChars.min} characters`,
  PASSWORD_TOO_LONG: `A password has at most ${passwordChars.max} characters`,
  PASSWORD_TOO_COMMON: 'This password is among the first that anybody would guess',
}
