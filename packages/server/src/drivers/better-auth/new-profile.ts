import { isBlank, isStorable } from '@confab/protocol/text'

const nameCodePointsMax = 100
const handleCharsMax = 32

/** The name a new person begins with: their own word if it is fit to be shown, else one made of the address. */
export function firstName({ email, wanted }: { email: string; wanted: string }): string {
  const isFit = isStorable(wanted) && !isBlank(wanted) && [...wanted].length <= nameCodePointsMax
  if (isFit) return wanted.trim()
  const words = localPart(email).split(/[^\p{L}\p{N}]+/u)
  const name = words
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
  return name || 'Somebody'
}

/** What a handle may be made of; whoever stores it sees to it that it is free. `[a-z0-9_]{2,32}`. */
export function handleSuggestion(email: string): string {
  const plain = localPart(email).normalize('NFKD').toLowerCase()
  const handle = plain
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, handleCharsMax)
  return handle.length >= 2 ? handle : 'user'
}

/** What stands before the `@`, without the tag that some put after a `+`. */
const localPart = (email: string): string => email.replace(/@.*$/s, '').replace(/\+.*$/s, '')
