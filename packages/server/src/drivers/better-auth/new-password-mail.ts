import { framedMail, minuteOf, siteOf } from '../../lib/framed-mail.ts'
import type { Mail } from '../../ports/mailer.ts'

/** Tells an account's owner that the password is another one now. */
export const newPasswordMail = ({
  to,
  at,
  publicUrl,
}: {
  to: string
  /** Milliseconds since 1970 UTC. */
  at: number
  publicUrl: string
}): Mail =>
  framedMail({
    to,
    subject: 'Your password for Confab was changed',
    paragraphs: [`The password of your account at ${siteOf(publicUrl)} was changed on ${minuteOf(at)}.`],
    small: 'If it was not you, choose a new one at once by “Forgot password”: it signs out every device.',
  })
