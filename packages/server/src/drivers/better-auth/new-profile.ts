import { isBlank, isStorable } from '@confab/protocol/text'

const nameCodePointsMax = 100

/**
 * The name a new person begins with: their own word if it is fit to be shown, else one made of the address.
 */
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

/** What the handle is made of, by who keeps the handles. */
export const handleWish = (email: string): string => localPart(email)

/** What stands before the `@`, without the tag that some put after a `+`. */
const localPart = (email: string): string => email.replace(/@.*$/s, '').replace(/\+.*$/s, '')
