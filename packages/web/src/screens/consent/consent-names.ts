import type { AskedConsent, ConsentKind } from '@confab/protocol/consent'

export const consentNames: Record<ConsentKind, string> = {
  terms: 'Terms of use',
  privacy: 'Privacy policy',
  age: 'Minimum age',
}

/** What one says by ticking it. */
export const consentWords = ({ kind, text }: AskedConsent): string => {
  if (kind === 'age') return `I am ${text} years old, or older`
  return `I agree to the ${consentNames[kind].toLowerCase()}`
}
