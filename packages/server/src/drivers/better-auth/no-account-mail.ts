import { framedMail, siteOf } from '../../lib/framed-mail.ts'
import type { Mail } from '../../ports/mailer.ts'

/** What somebody without an account gets instead of a code where strangers may not sign up. */
export const noAccountMail = ({ to, publicUrl }: { to: string; publicUrl: string }): Mail =>
  framedMail({
    to,
    subject: 'You have no account at Confab',
    paragraphs: [
      `Somebody, probably you, tried to sign in to ${siteOf(publicUrl)} with this address. It has no account there, and not everybody may sign up.`,
      'Perhaps you used another address, or need an invitation: ask whoever runs it.',
    ],
    small: 'If it was not you, do nothing.',
  })
