import { framedMail, siteOf } from '../../lib/framed-mail.ts'
import type { Mail } from '../../ports/mailer.ts'

/** The mail to a new account with a password: until its link is followed, the password opens nothing. */
export const confirmMail = ({ to, url, publicUrl }: { to: string; url: string; publicUrl: string }): Mail =>
  framedMail({
    to,
    subject: 'Confirm your address for Confab',
    paragraphs: [
      `Somebody, probably you, signed up to ${siteOf(publicUrl)} with this address and a password.`,
      'Confirm that the address is yours, then sign in with the password. The link is good for an hour.',
    ],
    link: { label: 'Confirm my address', url },
    small: 'If it was not you, do nothing: without the link the account opens to nobody.',
  })
