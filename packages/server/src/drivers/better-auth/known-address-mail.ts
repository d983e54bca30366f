import { framedMail, siteOf } from '../../lib/framed-mail.ts'
import type { Mail } from '../../ports/mailer.ts'

/**
 * The mail to the owner of an account with whose address somebody signed up again.
 * The page told them nothing.
 */
export const knownAddressMail = ({ to, publicUrl }: { to: string; publicUrl: string }): Mail =>
  framedMail({
    to,
    subject: 'You already have an account at Confab',
    paragraphs: [
      `Somebody, probably you, signed up to ${siteOf(publicUrl)} with this address. It has an account already, and nothing has changed.`,
      'Sign in as before. If you forgot the password, choose a new one by “Forgot password”, or sign in by code.',
    ],
    link: { label: 'Sign in', url: `${new URL(publicUrl).origin}/` },
    small: 'If it was not you, do nothing: whoever it was learned nothing of your account.',
  })
