import { framedMail, siteOf } from '../../lib/framed-mail.ts'
import type { Mail } from '../../ports/mailer.ts'

/**
 * The mail where somebody signed up again with an address that nobody has confirmed, and with another
 * password: one of the two may be a stranger, and whoever reads it can tell which.
 */
export const confirmAgainMail = ({
  to,
  url,
  publicUrl,
}: {
  to: string
  url: string
  publicUrl: string
}): Mail =>
  framedMail({
    to,
    subject: 'Confirm your address for Confab',
    paragraphs: [
      `Somebody signed up to ${siteOf(publicUrl)} with this address once more, and with another password. The earlier link is no longer good.`,
      'If it was you who did so last, confirm that the address is yours, then sign in with that password. The link is good for an hour.',
    ],
    link: { label: 'Confirm my address', url },
    small:
      'If it was not you, leave the link alone: sign up once more, and follow the link that comes then. Without it the account opens to nobody.',
  })
